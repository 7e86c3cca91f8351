import type { CallResult, TelegramClient } from '../telegram/telegram-client.ts'

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

type IntroducingClient = Pick<
  TelegramClient,
  'getCommands' | 'getDescription' | 'getShortDescription' | 'setCommands' | 'setDescription' | 'setShortDescription'
>

/**
 * Tells Telegram the menu and the descriptions, where it has others. A bot of somebody's own keeps its descriptions, and its menu when it
 * has one: ours says how a chat is linked, where otherwise nothing would. Answers in words what could not be set; the bot works without.
 */
export async function introduceBot(
  telegram: IntroducingClient,
  { ofAccount = false }: { ofAccount?: boolean } = {},
): Promise<string[]> {
  const problems: string[] = []
  for (const introduction of INTRODUCTIONS) {
    const menu = await setMenu(telegram, introduction, ofAccount)
    problems.push(...menu.problems)
    if (menu.isTheirs) break
    if (!ofAccount) problems.push(...(await setDescriptions(telegram, introduction)))
  }
  return problems
}

async function setMenu(
  telegram: IntroducingClient,
  { commands, languageCode }: Introduction,
  ofAccount: boolean,
): Promise<{ problems: string[]; isTheirs: boolean }> {
  const current = await telegram.getCommands(languageCode)
  const isOurs = current.ok && isSameMenu(current.value, commands)
  const isTheirs = ofAccount && !isOurs && (!current.ok || current.value.length > 0)
  if (isOurs || isTheirs) return { problems: [], isTheirs }
  return { problems: problemOf(await telegram.setCommands(commands, languageCode)), isTheirs }
}

async function setDescriptions(telegram: IntroducingClient, introduction: Introduction): Promise<string[]> {
  const { languageCode, description, shortDescription } = introduction
  const [long, short] = [await telegram.getDescription(languageCode), await telegram.getShortDescription(languageCode)]
  const results = [
    ...(long.ok && long.value === description ? [] : [await telegram.setDescription(description, languageCode)]),
    ...(short.ok && short.value === shortDescription
      ? []
      : [await telegram.setShortDescription(shortDescription, languageCode)]),
  ]
  return results.flatMap(problemOf)
}

function problemOf(result: CallResult<true>): string[] {
  return result.ok ? [] : [result.failure.reason]
}

type Menu = Introduction['commands']

function isSameMenu(one: Menu, other: Menu): boolean {
  const text = (menu: Menu) => menu.map(({ command, description }) => `${command} ${description}`).join('\n')
  return text(one) === text(other)
}
