import type { TelegramClient } from '../telegram/telegram-client.ts'

/** How the bot introduces itself in one language. */
export interface Introduction {
  /** Of the Telegram app; empty for everybody whose language has none of its own. */
  languageCode: string
  /** The menu. Descriptions have 1 to 256 characters (Bot API, BotCommand). */
  commands: readonly { command: string; description: string }[]
  /** In an empty chat, before Start is pressed: 0 to 512 characters (Bot API, setMyDescription). */
  description: string
  /** On the bot's page, and with a shared link: 0 to 120 characters (Bot API, setMyShortDescription). */
  shortDescription: string
}

export const INTRODUCTIONS: readonly Introduction[] = [
  {
    languageCode: '',
    commands: [
      { command: 'start', description: 'Link this chat to an account' },
      { command: 'status', description: 'Which account, and what waits' },
      { command: 'history', description: 'The last ten messages' },
      { command: 'stop', description: 'Unlink this chat' },
      { command: 'help', description: 'What I can do' },
    ],
    description:
      'I bring messages from an account to Telegram.\n\nPress Start: I give you a code that you enter in your account. Or send me a code from your account.',
    shortDescription: 'Brings the messages of an account to this chat.',
  },
  {
    languageCode: 'ru',
    commands: [
      { command: 'start', description: 'Привязать этот чат к аккаунту' },
      { command: 'status', description: 'Какой аккаунт и что ждёт отправки' },
      { command: 'history', description: 'Последние десять сообщений' },
      { command: 'stop', description: 'Отвязать этот чат' },
      { command: 'help', description: 'Что я умею' },
    ],
    description:
      'Я приношу в Telegram сообщения из аккаунта.\n\nНажмите «Запустить»: я дам код, который нужно ввести в аккаунте. Или пришлите мне код из аккаунта.',
    shortDescription: 'Приносит в этот чат сообщения из аккаунта.',
  },
]

/** Tells Telegram the menu and the descriptions. Answers in words what could not be set; the bot works without. */
export async function introduceBot(
  telegram: Pick<TelegramClient, 'setCommands' | 'setDescription' | 'setShortDescription'>,
): Promise<string[]> {
  const problems: string[] = []
  for (const { languageCode, commands, description, shortDescription } of INTRODUCTIONS) {
    const results = [
      await telegram.setCommands(commands, languageCode),
      await telegram.setDescription(description, languageCode),
      await telegram.setShortDescription(shortDescription, languageCode),
    ]
    problems.push(...results.flatMap((result) => (result.ok ? [] : [result.failure.reason])))
  }
  return problems
}
