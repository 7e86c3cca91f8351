import type { BotView, ChatView, MessageView, SandboxControl, WorldState } from '../control-types.ts'
import { isPresent } from '../world/world.ts'
import { ControlError } from './control-error.ts'
import { asNumber, asReference, asText, type ControlInput } from './input.ts'
import { readFault } from './read-fault.ts'
import { readSend } from './read-input.ts'

/** So many messages, and so many calls of bots, are given at once. */
const MOST_ITEMS = 300

/** So many faults at a time: each is looked at for each call of each bot. */
const MOST_FAULTS = 50

/** So many bots can be in the world when a phone makes another one. */
const MOST_BOTS = 1000

/** What cannot be switched off again is not for one person to switch on. */
const LASTING_FAULTS: ReadonlySet<string> = new Set(['clock_skip', 'update_id_jump'])

/** Whose phone it is. */
export interface Holder {
  person: number
  /** The bot that everybody's phone knows of; others are found by their username, as in the app. */
  bot: string
}

/** As the owner of a phone may see it. */
type PublicBot = Omit<BotView, 'token' | 'pendingUpdates' | 'webhook' | 'stars' | 'loggedOut' | 'readsAllGroupMessages'>
type PersonalState = Omit<WorldState, 'bots' | 'url'> & { bots: PublicBot[] }

type Call = (control: SandboxControl, holder: Holder, input: ControlInput) => unknown

/** The part of the control API that one person's phone needs, about this person alone. What is another's does not exist. */
export const PERSONAL_READS: Readonly<Record<string, Call>> = {
  state: (control, holder) => personalState(control.state(), holder),
  bot: (control, _, input) => publicBot(control.bot(input.reference('bot'))),
  messages: personalMessages,
  callback: (control, { person }, input) => {
    const callback = control.callback(input.text('id'))
    if (callback.user !== person)
      throw new ControlError('unknown_callback', `There is no callback query ${callback.id}.`)
    return callback
  },
  requests: (control, { person }, input) => control.requests({ chat: person, limit: limitOf(input) }),
  faults: (control) => control.faults(),
}

export const PERSONAL_WRITES: Readonly<Record<string, Call>> = {
  start: (control, { person }, input) =>
    control.start({ user: person, bot: input.reference('bot'), ...input.optional('payload', asText) }),
  send: sendFrom,
  edit: (control, { person }, input) => {
    const { key } = ownMessage(control, person, input.number('message'))
    return control.edit({ user: person, message: key, text: input.text('text') })
  },
  tap: (control, { person }, input) => {
    const { key } = ownMessage(control, person, input.number('message'))
    return control.tap({ user: person, message: key, button: input.text('button') })
  },
  block: (control, { person }, input) => control.block({ user: person, bot: input.reference('bot') }),
  unblock: (control, { person }, input) => control.unblock({ user: person, bot: input.reference('bot') }),
  'create-bot': (control, holder, input) => makeBot(control, holder, input.text('name')),
  'create-chat': (control, { person }, input) =>
    control.createChat({ type: 'group', title: input.text('title'), members: [person] }),
  'add-member': (control, { person }, input) => {
    const { id: chat } = ownChat(control, person, input.reference('chat'))
    const { id: member } = control.bot(input.reference('member'))
    return control.addMember({ chat, member, by: person, ...input.optional('payload', asText) })
  },
  'add-fault': (control, _, input) => {
    const fault = readFault(input)
    if (LASTING_FAULTS.has(fault.action.kind)) {
      throw new ControlError('not_possible', `A phone cannot switch "${fault.action.kind}" on: it stays for good.`)
    }
    if (control.faults().length >= MOST_FAULTS) {
      throw new ControlError('not_possible', `There are ${MOST_FAULTS} faults already: switch some off.`)
    }
    return control.addFault(fault)
  },
  'remove-fault': (control, _, input) => control.removeFault(input.number('id')),
  'clear-faults': (control) => control.clearFaults(),
}

/** As BotFather does: whoever makes a bot gets its token. The username is ours to choose, so that it is nobody's yet. */
function makeBot(
  control: SandboxControl,
  { person }: Holder,
  name: string,
): Pick<BotView, 'id' | 'username' | 'token'> {
  const taken = new Set(control.state().bots.map((bot) => bot.username))
  if (taken.size >= MOST_BOTS) throw new ControlError('not_possible', `There are ${MOST_BOTS} bots already.`)
  let number = 1
  const username = (): string => `my${number}_${person.toString(36)}_bot`
  while (taken.has(username())) number++
  const { id, token } = control.createBot({ username: username(), name })
  return { id, username: username(), token }
}

/** Refuses whoever names another person as the one who does it. */
export function assertActsAlone({ person }: Holder, input: ControlInput): void {
  for (const name of ['user', 'by']) {
    if (input.has(name) && String(input.raw(name)) !== String(person)) throw unknownUser(input.reference(name))
  }
}

/** Whether something in this chat is for this person to hear of. */
export function concerns(control: SandboxControl, person: number, chatId: number): boolean {
  if (chatId > 0) return chatId === person
  try {
    // Also who has left: that is what they hear of.
    return control.chat(chatId).members.some(({ id }) => id === person)
  } catch (problem) {
    if (problem instanceof ControlError) return false
    throw problem
  }
}

function personalState(world: WorldState, { person, bot }: Holder): PersonalState {
  const dialogs = world.dialogs.filter(({ user }) => user === person)
  const chats = world.chats.filter((chat) => !chat.deleted && isIn(chat, person))
  const near = new Set([
    ...dialogs.map((dialog) => dialog.bot),
    ...chats.flatMap(({ members }) => members.map(({ id }) => id)),
  ])
  const bots = world.bots.filter(({ id, username }) => username === bot || near.has(id))
  const { revision, nowMs } = world
  const users = world.users.filter(({ id }) => id === person)
  return { revision, nowMs, bots: bots.map(publicBot), users, chats, dialogs }
}

/** Without what belongs to whoever made the bot. */
function publicBot({ id, username, name, commands, description, shortDescription, privateChat }: BotView): PublicBot {
  return { id, username, name, commands, description, shortDescription, privateChat }
}

function personalMessages(control: SandboxControl, { person }: Holder, input: ControlInput): MessageView[] {
  const page = { limit: limitOf(input), ...input.optional('after', asNumber) }
  if (!input.has('chat')) return control.messages({ user: person, ...input.optional('bot', asReference), ...page })
  return control.messages({ chat: ownChat(control, person, input.reference('chat')).id, ...page })
}

function sendFrom(control: SandboxControl, { person }: Holder, input: ControlInput): MessageView {
  const message = readSend(input)
  if (message.chat !== undefined) ownChat(control, person, message.chat)
  if (message.replyTo !== undefined) ownMessage(control, person, message.replyTo)
  // Whoever is named by number would be shown with their name.
  if (typeof message.forwardedFrom === 'number' && message.forwardedFrom !== person) {
    throw unknownUser(message.forwardedFrom)
  }
  return control.send({ ...message, user: person })
}

function ownChat(control: SandboxControl, person: number, reference: number | string): ChatView {
  const chat = control.chat(reference)
  if (!isIn(chat, person)) throw new ControlError('unknown_chat', `There is no chat ${reference}.`)
  return chat
}

function ownMessage(control: SandboxControl, person: number, key: number): MessageView {
  const message = control.message(key)
  const isTheirs = message.chatId > 0 ? message.chatId === person : isIn(control.chat(message.chatId), person)
  if (!isTheirs) throw new ControlError('unknown_message', `There is no message with the key ${key}.`)
  return message
}

function isIn({ members }: ChatView, person: number): boolean {
  return members.some(({ id, status }) => id === person && isPresent(status))
}

function unknownUser(reference: number | string): ControlError {
  return new ControlError('unknown_user', `There is no user ${reference}.`)
}

function limitOf(input: ControlInput): number {
  return Math.min(input.has('limit') ? input.number('limit') : MOST_ITEMS, MOST_ITEMS)
}
