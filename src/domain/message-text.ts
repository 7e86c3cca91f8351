import type { Locale } from './account.ts'
import { splitText } from './text-splitting.ts'

const HEADINGS: Readonly<Record<Locale, (name: string) => string>> = {
  en: (name) => `${name}, I got a message from you:`,
  ru: (name) => `${name}, я получил от тебя сообщение:`,
}

/** What arrives in Telegram, exactly: the heading in the account's language, a line break, the text. */
export function messageText({ name, locale, text }: { name: string; locale: Locale; text: string }): string {
  return `${HEADINGS[locale](name)}\n${text}`
}

/** The Telegram messages that carry it, in order; the heading stands on the first. The same input gives the same parts each time. */
export function messageParts(message: { name: string; locale: Locale; text: string }, limit: number): string[] {
  return splitText(messageText(message), limit)
}
