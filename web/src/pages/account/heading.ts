import type { Locale } from '../../api/account.ts'

/** The first line of every message, as the program writes it: part of its contract, and a test compares the two. */
export const HEADINGS: Readonly<Record<Locale, (name: string) => string>> = {
  en: (name) => `${name}, I got a message from you:`,
  ru: (name) => `${name}, я получил от тебя сообщение:`,
}
