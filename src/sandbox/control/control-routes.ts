import type { SandboxControl } from '../control-types.ts'
import { asFlag, asNumber, asReference, asText, type ControlInput } from './input.ts'
import { readFault } from './read-fault.ts'
import {
  readMember,
  readMessagesQuery,
  readNewBot,
  readNewChat,
  readNewUser,
  readRates,
  readRemoteFile,
  readRequestsQuery,
  readSend,
} from './read-input.ts'

/** What is answered as JSON; nothing becomes `{}`. */
type Call = (control: SandboxControl, input: ControlInput) => unknown

/** `GET /_sandbox/<name>?…` */
export const READS: Readonly<Record<string, Call>> = {
  state: (control) => control.state(),
  bot: (control, input) => control.bot(input.reference('bot')),
  chat: (control, input) => control.chat(input.reference('chat')),
  user: (control, input) => control.user(input.reference('user')),
  message: (control, input) => control.message(input.number('key')),
  messages: (control, input) => control.messages(readMessagesQuery(input)),
  deliveries: (control, input) =>
    control.deliveries({ ...input.optional('bot', asReference), ...input.optional('chat', asNumber) }),
  requests: (control, input) => control.requests(readRequestsQuery(input)),
  'pending-updates': (control, input) => control.pendingUpdates(input.reference('bot')),
  callback: (control, input) => control.callback(input.text('id')),
  faults: (control) => control.faults(),
  rates: (control, input) => control.rates(input.reference('bot')),
}

/** `POST /_sandbox/<name>` with a JSON object. */
export const WRITES: Readonly<Record<string, Call>> = {
  'create-bot': (control, input) => control.createBot(readNewBot(input)),
  'revoke-token': (control, input) => control.revokeToken(input.reference('bot')),
  revive: (control, input) => control.revive(input.reference('bot')),
  'create-user': (control, input) => control.createUser(readNewUser(input)),
  'change-user': (control, input) =>
    control.changeUser({
      user: input.reference('user'),
      ...input.optional('firstName', asText),
      ...input.optional('languageCode', asText),
    }),
  'delete-account': (control, input) => control.deleteAccount(input.reference('user')),
  'create-chat': (control, input) => control.createChat(readNewChat(input)),
  'add-member': (control, input) => control.addMember({ ...readMember(input), ...input.optional('payload', asText) }),
  'remove-member': (control, input) =>
    control.removeMember({ ...readMember(input), ...input.optional('kick', asFlag) }),
  'set-rights': (control, input) =>
    control.setRights({
      ...readMember(input),
      status: input.oneOf('status', ['administrator', 'member', 'restricted']),
      ...input.optional('canSend', asFlag),
    }),
  'upgrade-group': (control, input) => control.upgradeGroup(input.reference('chat')),
  'delete-chat': (control, input) => control.deleteChat(input.reference('chat')),
  'create-topic': (control, input) => control.createTopic({ chat: input.reference('chat'), name: input.text('name') }),
  'set-topic-closed': (control, input) =>
    control.setTopicClosed({
      chat: input.reference('chat'),
      topic: input.number('topic'),
      closed: input.flag('closed'),
    }),
  start: (control, input) =>
    control.start({
      user: input.reference('user'),
      bot: input.reference('bot'),
      ...input.optional('payload', asText),
    }),
  send: (control, input) => control.send(readSend(input)),
  edit: (control, input) =>
    control.edit({ user: input.reference('user'), message: input.number('message'), text: input.text('text') }),
  tap: (control, input) =>
    control.tap({ user: input.reference('user'), message: input.number('message'), button: input.text('button') }),
  block: (control, input) => control.block({ user: input.reference('user'), bot: input.reference('bot') }),
  unblock: (control, input) => control.unblock({ user: input.reference('user'), bot: input.reference('bot') }),
  'clear-requests': (control) => control.clearRequests(),
  'jump-update-id': (control, input) => control.jumpUpdateId({ bot: input.reference('bot'), by: input.number('by') }),
  'add-remote-file': (control, input) => control.addRemoteFile(readRemoteFile(input)),
  'add-fault': (control, input) => control.addFault(readFault(input)),
  'remove-fault': (control, input) => control.removeFault(input.number('id')),
  'clear-faults': (control) => control.clearFaults(),
  'configure-rates': (control, input) => control.configureRates(readRates(input)),
  'advance-clock': (control, input) => control.advanceClock(input.number('ms')),
  reset: (control) => control.reset(),
}
