import type { Update } from '@grammyjs/types'
import type {
  BotReference,
  BotView,
  CallbackView,
  ChangeEvent,
  ChatReference,
  ChatView,
  Delivery,
  EditInput,
  MemberInput,
  MessagesQuery,
  MessageView,
  NewBot,
  NewChat,
  NewUser,
  RateCountersView,
  RatesConfiguration,
  RecordedRequest,
  RemoteFile,
  RequestsQuery,
  SandboxControl,
  SendInput,
  StartInput,
  TapInput,
  UserChange,
  UserReference,
  UserView,
  WorldState,
} from '../control-types.ts'
import type { Environment } from '../environment.ts'
import type { FaultRule, FaultRuleView } from '../faults/fault-rule.ts'
import type { BotApi } from '../server/bot-api.ts'
import { changeUser, createBot, createUser, deleteAccount, revive, revokeToken } from './accounts.ts'
import { ControlError } from './control-error.ts'
import {
  addMember,
  createChat,
  createTopic,
  deleteChat,
  removeMember,
  setRights,
  setTopicClosed,
  upgradeGroup,
} from './groups.ts'
import { findBot, findChat, findMessage, findUser } from './lookup.ts'
import { block, editAsUser, pressStart, sendAsUser, tapButton } from './people.ts'
import { listDeliveries, listMessages, listRequests } from './queries.ts'
import { viewBot, viewChat, viewDialog, viewMessage, viewUser } from './views.ts'

/** The control API over one of the two worlds. */
export class WorldControl implements SandboxControl {
  readonly #api: BotApi
  readonly #environment: Environment
  readonly #url: () => string

  constructor(api: BotApi, environment: Environment, url: () => string) {
    this.#api = api
    this.#environment = environment
    this.#url = url
  }

  get testEnvironment(): SandboxControl {
    return new WorldControl(this.#api, this.#api.test, this.#url)
  }

  createBot(input: NewBot): BotView {
    return viewBot(this.#environment, createBot(this.#environment, input))
  }

  bot(bot: BotReference): BotView {
    return viewBot(this.#environment, findBot(this.#environment.world, bot))
  }

  revokeToken(bot: BotReference): BotView {
    return viewBot(this.#environment, revokeToken(this.#environment, bot))
  }

  revive(bot: BotReference): BotView {
    return viewBot(this.#environment, revive(this.#environment, bot))
  }

  createUser(input: NewUser = {}): UserView {
    return viewUser(createUser(this.#environment, input))
  }

  changeUser(change: UserChange): UserView {
    return viewUser(changeUser(this.#environment, change))
  }

  user(user: UserReference): UserView {
    return viewUser(findUser(this.#environment.world, user))
  }

  deleteAccount(user: UserReference): void {
    deleteAccount(this.#environment, user)
  }

  createChat(input: NewChat): ChatView {
    return viewChat(createChat(this.#environment, input))
  }

  chat(chat: ChatReference): ChatView {
    return viewChat(findChat(this.#environment.world, chat))
  }

  addMember(input: MemberInput & { payload?: string }): void {
    addMember(this.#environment, input)
  }

  removeMember(input: MemberInput & { kick?: boolean }): void {
    removeMember(this.#environment, input)
  }

  setRights(input: MemberInput & { status: 'administrator' | 'member' | 'restricted'; canSend?: boolean }): void {
    setRights(this.#environment, input)
  }

  upgradeGroup(chat: ChatReference): ChatView {
    return viewChat(upgradeGroup(this.#environment, chat))
  }

  deleteChat(chat: ChatReference): void {
    deleteChat(this.#environment, chat)
  }

  createTopic(input: { chat: ChatReference; name: string }): { id: number } {
    return createTopic(this.#environment, input)
  }

  setTopicClosed(input: { chat: ChatReference; topic: number; closed: boolean }): void {
    setTopicClosed(this.#environment, input)
  }

  start(input: StartInput): MessageView {
    return viewMessage(this.#environment.world, pressStart(this.#environment, input))
  }

  send(input: SendInput): MessageView {
    return viewMessage(this.#environment.world, sendAsUser(this.#environment, input))
  }

  edit(input: EditInput): MessageView {
    return viewMessage(this.#environment.world, editAsUser(this.#environment, input))
  }

  tap(input: TapInput): CallbackView {
    return { ...tapButton(this.#environment, input) }
  }

  callback(id: string): CallbackView {
    const callback = this.#environment.world.callbacks.get(id)
    if (callback === undefined) throw new ControlError('unknown_callback', `There is no callback query ${id}.`)
    return { ...callback }
  }

  block(input: { user: UserReference; bot: BotReference }): void {
    block(this.#environment, input, true)
  }

  unblock(input: { user: UserReference; bot: BotReference }): void {
    block(this.#environment, input, false)
  }

  message(key: number): MessageView {
    const { world } = this.#environment
    return viewMessage(world, findMessage(world, key))
  }

  messages(query: MessagesQuery = {}): MessageView[] {
    return listMessages(this.#environment.world, query)
  }

  deliveries(query: { bot?: BotReference; chat?: number } = {}): Delivery[] {
    return listDeliveries(this.#environment.world, this.#records(), query)
  }

  requests(query: RequestsQuery = {}): RecordedRequest[] {
    return listRequests(this.#environment.world, this.#records(), query)
  }

  clearRequests(): void {
    this.#api.recorder.clear()
  }

  pendingUpdates(bot: BotReference): Update[] {
    const { updates, world } = this.#environment
    return updates.pending(findBot(world, bot)).map(({ update }) => update)
  }

  jumpUpdateId(input: { bot: BotReference; by: number }): void {
    findBot(this.#environment.world, input.bot).updates.nextId += input.by
  }

  addRemoteFile(file: RemoteFile): void {
    this.#environment.remoteFiles.set(file.url, file)
  }

  addFault(rule: FaultRule): FaultRuleView {
    const added = this.#api.faults.add(rule)
    this.#tellOfFaults()
    return added
  }

  faults(): FaultRuleView[] {
    return this.#api.faults.list()
  }

  removeFault(id: number): void {
    this.#api.faults.remove(id)
    this.#tellOfFaults()
  }

  clearFaults(): void {
    this.#api.faults.clear()
    this.#tellOfFaults()
  }

  rates(bot: BotReference): RateCountersView {
    const { rates, steadyClock, world } = this.#environment
    return { ...rates.counters(findBot(world, bot).id, steadyClock.now()) }
  }

  configureRates(configuration: RatesConfiguration): void {
    this.#environment.rates.configure(configuration)
    if (configuration.profile !== undefined) this.#environment.rules.strict = configuration.profile === 'strict'
  }

  advanceClock(ms: number): void {
    if (!this.#api.clock.advance(ms)) throw new ControlError('not_possible', 'This clock cannot be moved by hand.')
  }

  state(): WorldState {
    const { world } = this.#environment
    return {
      revision: world.changes.revision,
      nowMs: world.clock.now(),
      url: this.#url(),
      bots: [...world.bots.values()].map((bot) => viewBot(this.#environment, bot)),
      users: [...world.users.values()].map(viewUser),
      chats: [...world.chats.values()].map(viewChat),
      dialogs: world.dialogs().map((dialog) => viewDialog(world, dialog)),
    }
  }

  subscribe(listener: (event: ChangeEvent) => void): () => void {
    return this.#environment.world.changes.subscribe(listener)
  }

  reset(): void {
    const { launches, polls, rates, remoteFiles, webhooks, world } = this.#environment
    for (const bot of world.bots.keys()) polls.forget(bot)
    webhooks.stopAll()
    world.clear()
    rates.reset()
    remoteFiles.clear()
    launches.clear()
    this.#api.faults.clear()
    this.#api.recorder.clear()
    world.changes.emit({ kind: 'reset' })
  }

  /** They strike in both worlds. */
  #tellOfFaults(): void {
    for (const { world } of [this.#api.production, this.#api.test]) world.changes.emit({ kind: 'fault' })
  }

  #records(): RecordedRequest[] {
    return this.#api.recorder.list().filter(({ test }) => test === this.#environment.world.test)
  }
}
