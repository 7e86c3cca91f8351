import type { Locale } from '../domain/account.ts'
import type { WaitingFor } from '../domain/message.ts'
import type { MessageStatus } from '../domain/message-state.ts'
import type { UnknownInput } from './intent.ts'

/**
 * Every sentence that the bot says, in one language, as plain text. Names come in ready to be part of a sentence (`plainName`).
 * What the menu says is in `commands.ts`.
 */
export interface Wording {
  /** `seconds`: how long the code is good. */
  greeting(code: string, seconds: number): string
  /** To a group that the bot was added to. Holds when the next message links it, too. */
  groupGreeting(botUsername: string): string
  channelGreeting(botUsername: string): string
  linked(account: string): string
  alreadyLinked(account: string): string
  /** `accounts`: to which the chat is linked, and stays so. */
  codeInvalid(accounts: readonly string[]): string
  /** The same for a token of an account, which may also be of a log-in that has ended. */
  tokenInvalid(accounts: readonly string[]): string
  guessLater(seconds: number): string
  ownCode: string
  secondHand: Record<'forwarded' | 'edited', Record<'code' | 'command', string>>
  unknown: Record<UnknownInput, string>
  help(botUsername: string): string

  askMove(from: string, to: string): string
  moveButton(to: string): string
  keepButton(from: string): string
  moved(from: string, to: string): string
  kept(account: string): string
  /** `account`: whose chat it is, if anybody's. */
  questionClosed(account: string | undefined): string
  /** To the former account's other chat. */
  movedAway(chat: string, from: string, to: string): string
  buttonUnknown: string

  linkedTo(accounts: readonly string[]): string
  welcomeBack(accounts: readonly string[]): string
  statusOf(account: string): string
  nothingWaits: string
  waiting(count: number, more: boolean): string
  waitingFor: Record<WaitingFor, string>
  nextTry(time: string): string
  newest(time: string, status: MessageStatus): string
  moreAccounts(count: number): string

  historyOf(accounts: readonly string[]): string
  historyEmpty: string
  status: Record<MessageStatus, string>

  notLinked: string
  /** `again`: one of the sentences below. */
  stopped(account: string, again: string): string
  /** In privacy mode a bot hears of a group what is addressed to it alone (Telegram bot features, "Privacy mode"). */
  linkAgain: { privateChat: string; group(botUsername: string): string; byCode(botUsername: string): string }
  alreadyStopped: string
  stopWhich: string
  stopButton(account: string): string
  stopElsewhere(count: number): string
  stopNeedsAdministrator: string
  stopUnsure: string
}

/** How names are put in a row: the account “Ann”, the accounts “Ann”, “Bob” and “Cid”. */
interface Listing {
  one: string
  many: string
  and: string
  quote: readonly [open: string, close: string]
}
const THE_ACCOUNT: Listing = { one: 'the account', many: 'the accounts', and: 'and', quote: ['“', '”'] }
const DATIVE_ACCOUNT: Listing = { one: 'аккаунту', many: 'аккаунтам', and: 'и', quote: ['«', '»'] }
const GENITIVE_ACCOUNT: Listing = { one: 'аккаунта', many: 'аккаунтов', and: 'и', quote: ['«', '»'] }

const EN: Wording = {
  greeting: (code, seconds) =>
    `Hello! I bring messages from an account to Telegram. This chat is not linked to an account yet.\n\nTo link it, enter this code in your account within ${duration(seconds, 'min', 's')}:\n\n${code}\n\nIt works once. Give it to nobody: whoever enters it can send messages to this chat.`,
  groupGreeting: (bot) =>
    `Hello! I bring messages from an account to a group that is linked to it. To link this group, write /start@${bot}: I give you a code to enter in your account. Or make a code in your account and write /start@${bot} <code>.`,
  channelGreeting: (bot) =>
    `This channel is not linked to an account. Make a code in your account and post: /start@${bot} <code>`,
  linked: (account) => `Done: this chat is linked to the account “${account}”. Its messages will arrive here.\n\n/help`,
  alreadyLinked: (account) => `This chat is already linked to the account “${account}”. Nothing changed.`,
  codeInvalid: (accounts) =>
    `This code is wrong, was used before, or is too old. Nothing changed${stays(accounts, ': this chat stays linked to', THE_ACCOUNT)}. Make a new code in your account and try again.`,
  tokenInvalid: (accounts) =>
    `This token is wrong, too old, logged out, or linked a chat before. Nothing changed${stays(accounts, ': this chat stays linked to', THE_ACCOUNT)}. Get a new token in your account and send it to me.`,
  guessLater: (seconds) =>
    `Too many wrong codes came from this chat, so I did not look at this one. Please try again in ${seconds} s.`,
  ownCode:
    'That is the code that I gave to this chat. It belongs in your account, not here: open your account and enter it there. For a new one, write me anything else.',
  secondHand: {
    forwarded: {
      code: 'This was forwarded, so I did nothing: codes in forwarded messages have no effect. They may be a stranger’s who wants to send messages to this chat. Take the code from your own account and write it yourself.',
      command:
        'This was forwarded, so I did nothing: commands in forwarded messages have no effect. If you mean it, write it yourself.',
    },
    edited: {
      code: 'I only look at new messages, so the code in this edited one has no effect. Please send it again as a new message.',
      command:
        'I only look at new messages, so the command in this edited one has no effect. Please send it again as a new message.',
    },
  },
  unknown: {
    text: 'I only bring messages from the linked account; what you write here goes nowhere. /help says what I understand.',
    command: 'I do not know this command. /help says what I understand.',
    not_text: 'I only understand text. /help says which.',
    edited: 'I only look at new messages, not at edited ones. /help says what I understand.',
    forwarded: 'I cannot do anything with forwarded messages. /help says what I understand.',
  },
  help: (bot) =>
    `I bring messages from an account to this chat.\n\n/status: which account this chat is linked to, and what waits\n/history: the last ten messages\n/stop: unlink this chat\n/help: this text\n\nTo link a chat, write me anything in a private chat that is not linked, or /start@${bot} in such a group: I give you a code to enter in your account. Or send me a code from your account, in a group as /start@${bot} <code>.`,

  askMove: (from, to) =>
    `This chat is linked to the account “${from}”. The code is from another account, “${to}”.\n\nMove this chat to “${to}”? Then the messages of “${from}” no longer arrive here. If you did not ask for this code yourself, press No.`,
  moveButton: (to) => `Yes, move to “${to}”`,
  keepButton: (from) => `No, keep “${from}”`,
  moved: (from, to) => `Moved: this chat now belongs to the account “${to}”, and no longer to “${from}”.`,
  kept: (account) => `Nothing changed: this chat stays linked to the account “${account}”.`,
  questionClosed: (account) =>
    `This question is no longer open. ${account === undefined ? 'This chat is not linked to an account.' : `This chat is linked to the account “${account}”.`}`,
  movedAway: (chat, from, to) =>
    `The chat “${chat}” was moved, from inside that chat, from your account “${from}” to the account “${to}”. Your messages no longer arrive there.`,
  buttonUnknown: 'This button no longer works.',

  linkedTo: (accounts) => `This chat is linked to ${list(accounts, THE_ACCOUNT)}.`,
  welcomeBack: (accounts) => `Hello! This chat is linked to ${list(accounts, THE_ACCOUNT)}.\n\n/help`,
  statusOf: (account) => `Account “${account}”`,
  nothingWaits: 'Nothing waits to be sent here.',
  waiting: (count, more) => `Messages that wait to be sent here: ${more ? 'more than ' : ''}${count}.`,
  waitingFor: {
    pace: 'They go out one after the other, as fast as Telegram allows.',
    retry: 'The last try did not succeed; I try again.',
    bot_inactive: 'The bot is switched off, so they wait.',
    bot_rejected: 'Telegram does not accept the bot at the moment, so they wait.',
  },
  nextTry: (time) => `Next try: ${time}.`,
  newest: (time, status) => `Newest message: ${time}, ${EN.status[status]}.`,
  moreAccounts: (count) => `… and ${count} more.`,

  historyOf: (accounts) => `The last messages of ${list(accounts, THE_ACCOUNT)} to this chat:`,
  historyEmpty: 'No message was sent to this chat since it was linked.',
  status: {
    queued: 'waiting',
    sending: 'on its way',
    delivered: 'delivered',
    failed: 'failed',
    uncertain: 'may have arrived',
    cancelled: 'taken back',
    expired: 'expired',
  },

  notLinked: 'This chat is not linked to an account, so there is nothing to unlink.',
  stopped: (account, again) =>
    `Unlinked: messages of the account “${account}” no longer arrive here; what was waiting is not sent. ${again}`,
  linkAgain: {
    privateChat: 'To link this chat again, write me anything.',
    group: (bot) => `To link this chat again, write /start@${bot}.`,
    byCode: (bot) => `To link this chat to it again, make a code in the account and write here: /start@${bot} <code>`,
  },
  alreadyStopped: 'This account is not linked to this chat any more.',
  stopWhich: 'Several accounts send messages to this chat. Which one shall stop? Administrators can press a button.',
  stopButton: (account) => `Unlink “${account}”`,
  stopElsewhere: (count) => `${count} more can be unlinked in their accounts.`,
  stopNeedsAdministrator:
    'Only an administrator of this chat can unlink it here. The owner of the account can also do it in the account.',
  stopUnsure:
    'I cannot ask Telegram now who administers this chat, so nothing changed. Try again later, or unlink the chat in the account.',
}

const RU: Wording = {
  greeting: (code, seconds) =>
    `Привет! Я приношу в Telegram сообщения из аккаунта. Этот чат пока не привязан ни к одному аккаунту.\n\nЧтобы привязать его, введите этот код в своём аккаунте в течение ${duration(seconds, 'мин', 'с')}:\n\n${code}\n\nКод одноразовый. Никому его не давайте: кто его введёт, сможет отправлять сообщения в этот чат.`,
  groupGreeting: (bot) =>
    `Привет! Я приношу сообщения из аккаунта в группу, которая к нему привязана. Чтобы привязать эту группу, напишите /start@${bot}: я дам код, который нужно ввести в аккаунте. Или создайте код в своём аккаунте и напишите /start@${bot} <код>.`,
  channelGreeting: (bot) =>
    `Этот канал не привязан ни к одному аккаунту. Создайте код в своём аккаунте и опубликуйте: /start@${bot} <код>`,
  linked: (account) => `Готово: чат привязан к аккаунту «${account}». Его сообщения будут приходить сюда.\n\n/help`,
  alreadyLinked: (account) => `Этот чат уже привязан к аккаунту «${account}». Ничего не изменилось.`,
  codeInvalid: (accounts) =>
    `Код неверный, уже использован или устарел. Ничего не изменилось${stays(accounts, ': чат по-прежнему привязан к', DATIVE_ACCOUNT)}. Создайте новый код в своём аккаунте и попробуйте ещё раз.`,
  tokenInvalid: (accounts) =>
    `Токен неверный, устарел, отозван или уже привязал чат. Ничего не изменилось${stays(accounts, ': чат по-прежнему привязан к', DATIVE_ACCOUNT)}. Получите новый токен в своём аккаунте и пришлите его мне.`,
  guessLater: (seconds) =>
    `Из этого чата пришло слишком много неверных кодов, поэтому этот я не проверял. Попробуйте снова через ${seconds} с.`,
  ownCode:
    'Это код, который я дал этому чату. Его нужно ввести не здесь, а в вашем аккаунте. Чтобы получить новый, напишите мне что-нибудь другое.',
  secondHand: {
    forwarded: {
      code: 'Это пересланное сообщение, поэтому я ничего не сделал: коды из пересланных сообщений не действуют. Такой код может принадлежать постороннему, который хочет отправлять сообщения в этот чат. Возьмите код из своего аккаунта и напишите его сами.',
      command:
        'Это пересланное сообщение, поэтому я ничего не сделал: команды из пересланных сообщений не действуют. Если вы этого хотите, напишите команду сами.',
    },
    edited: {
      code: 'Я смотрю только на новые сообщения, поэтому код в исправленном не действует. Отправьте его ещё раз новым сообщением.',
      command:
        'Я смотрю только на новые сообщения, поэтому команда в исправленном не действует. Отправьте её ещё раз новым сообщением.',
    },
  },
  unknown: {
    text: 'Я только приношу сообщения из привязанного аккаунта; то, что вы пишете здесь, никуда не уходит. Что я понимаю: /help',
    command: 'Я не знаю такой команды. Что я понимаю: /help',
    not_text: 'Я понимаю только текст. Какой именно: /help',
    edited: 'Я смотрю только на новые сообщения, а не на исправленные. Что я понимаю: /help',
    forwarded: 'С пересланными сообщениями я ничего не умею делать. Что я понимаю: /help',
  },
  help: (bot) =>
    `Я приношу в этот чат сообщения из аккаунта.\n\n/status: к какому аккаунту привязан чат и что ждёт отправки\n/history: последние десять сообщений\n/stop: отвязать этот чат\n/help: эта справка\n\nЧтобы привязать чат, напишите мне что угодно в непривязанном личном чате или /start@${bot} в непривязанной группе: я дам код, который нужно ввести в аккаунте. Или пришлите мне код из своего аккаунта, в группе так: /start@${bot} <код>.`,

  askMove: (from, to) =>
    `Этот чат привязан к аккаунту «${from}». Код принадлежит другому аккаунту: «${to}».\n\nПеренести чат в «${to}»? Тогда сообщения «${from}» больше не будут приходить сюда. Если вы не запрашивали этот код сами, нажмите «Нет».`,
  moveButton: (to) => `Да, перенести в «${to}»`,
  keepButton: (from) => `Нет, оставить «${from}»`,
  moved: (from, to) => `Перенесено: теперь чат принадлежит аккаунту «${to}», а не «${from}».`,
  kept: (account) => `Ничего не изменилось: чат по-прежнему привязан к аккаунту «${account}».`,
  questionClosed: (account) =>
    `Этот вопрос уже закрыт. ${account === undefined ? 'Чат не привязан ни к одному аккаунту.' : `Чат привязан к аккаунту «${account}».`}`,
  movedAway: (chat, from, to) =>
    `Чат «${chat}» перенесли, по кнопке в самом чате, из вашего аккаунта «${from}» в аккаунт «${to}». Ваши сообщения туда больше не приходят.`,
  buttonUnknown: 'Эта кнопка больше не работает.',

  linkedTo: (accounts) => `Этот чат привязан к ${list(accounts, DATIVE_ACCOUNT)}.`,
  welcomeBack: (accounts) => `Привет! Этот чат привязан к ${list(accounts, DATIVE_ACCOUNT)}.\n\n/help`,
  statusOf: (account) => `Аккаунт «${account}»`,
  nothingWaits: 'Ничего не ждёт отправки сюда.',
  waiting: (count, more) => `Ждут отправки сюда: ${more ? 'больше ' : ''}${count}.`,
  waitingFor: {
    pace: 'Они уходят одно за другим, так быстро, как разрешает Telegram.',
    retry: 'Последняя попытка не удалась, я пробую ещё.',
    bot_inactive: 'Бот выключен, поэтому они ждут.',
    bot_rejected: 'Telegram сейчас не принимает бота, поэтому они ждут.',
  },
  nextTry: (time) => `Следующая попытка: ${time}.`,
  newest: (time, status) => `Последнее сообщение: ${time}, ${RU.status[status]}.`,
  moreAccounts: (count) => `… и ещё ${count}.`,

  historyOf: (accounts) => `Последние сообщения сюда из ${list(accounts, GENITIVE_ACCOUNT)}:`,
  historyEmpty: 'С тех пор как чат привязан, в него не отправляли сообщений.',
  status: {
    queued: 'ждёт',
    sending: 'в пути',
    delivered: 'доставлено',
    failed: 'не доставлено',
    uncertain: 'возможно, доставлено',
    cancelled: 'отозвано',
    expired: 'устарело',
  },

  notLinked: 'Этот чат не привязан ни к одному аккаунту, отвязывать нечего.',
  stopped: (account, again) =>
    `Отвязано: сообщения аккаунта «${account}» больше не приходят сюда; то, что ждало отправки, не уйдёт. ${again}`,
  linkAgain: {
    privateChat: 'Чтобы привязать чат снова, напишите мне что угодно.',
    group: (bot) => `Чтобы привязать чат снова, напишите /start@${bot}.`,
    byCode: (bot) =>
      `Чтобы привязать чат к этому аккаунту снова, создайте в нём код и напишите здесь: /start@${bot} <код>`,
  },
  alreadyStopped: 'Этот аккаунт больше не привязан к этому чату.',
  stopWhich: 'В этот чат пишут несколько аккаунтов. Какой отвязать? Кнопку может нажать администратор.',
  stopButton: (account) => `Отвязать «${account}»`,
  stopElsewhere: (count) => `Ещё ${count} можно отвязать в самих аккаунтах.`,
  stopNeedsAdministrator:
    'Отвязать этот чат здесь может только его администратор. Владелец аккаунта может сделать это и в аккаунте.',
  stopUnsure:
    'Сейчас я не могу узнать у Telegram, кто администратор этого чата, поэтому ничего не изменилось. Попробуйте позже или отвяжите чат в аккаунте.',
}

export const WORDING: Readonly<Record<Locale, Wording>> = { en: EN, ru: RU }

function list(accounts: readonly string[], { one, many, and, quote: [open, close] }: Listing): string {
  const quoted = accounts.map((account) => open + account + close)
  const last = quoted.pop() ?? ''
  return quoted.length === 0 ? `${one} ${last}` : `${many} ${quoted.join(', ')} ${and} ${last}`
}

/** Whole minutes that there are, so that nobody comes too late; below one minute, seconds. */
function duration(seconds: number, min: string, s: string): string {
  return seconds < 60 ? `${seconds} ${s}` : `${Math.floor(seconds / 60)} ${min}`
}

function stays(accounts: readonly string[], words: string, listing: Listing): string {
  return accounts.length === 0 ? '' : `${words} ${list(accounts, listing)}`
}
