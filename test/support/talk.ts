import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Update } from '@grammyjs/types'
import { announceLink } from '../../src/conversation/announce.ts'
import { createConversation, UPDATES_TO_HEAR } from '../../src/conversation/conversation.ts'
import type { ReplyMessage } from '../../src/conversation/reply.ts'
import type { MessageView, Place, SendContent, UserView } from '../../src/sandbox/control-types.ts'
import { systemClock } from '../../src/ops/system-clock.ts'
import { createBotApiClient } from '../../src/telegram/bot-api-client.ts'
import { recordingLog } from './http-server.ts'
import { startLinking } from './linking.ts'
import { testSandbox } from './sandbox.ts'

/**
 * The bot in a Telegram of the test's own: real database, real Bot API client, real sandbox. The test says what people do and reads
 * what stands in the chats afterwards.
 */
export async function startTalk(t: TestContext, given: { ttlMs?: number; echo?: boolean } = {}) {
  const sandbox = await testSandbox(t, { profile: 'off' })
  const { control } = sandbox
  const account = control.createBot({ username: 'PostriderBot', readsAllGroupMessages: true })
  const announcements: Promise<unknown>[] = []
  const log = recordingLog()
  const announce = announceLink({
    async say(_botId, { telegramChatId: chatId, text }) {
      const sending = client.sendText({ chatId, text })
      announcements.push(sending)
      await sending
    },
    clock: systemClock,
    log,
  })
  const house = await startLinking(
    t,
    { telegramBotId: account.id, username: account.username },
    { announce, ...(given.ttlMs !== undefined && { ttlMs: given.ttlMs }) },
  )
  const client = createBotApiClient({ apiRoot: sandbox.url, token: account.token, timeoutMs: 60_000 })
  t.after(() => client.close())
  const replies: ReplyMessage[] = []
  const bot = { id: house.bot.id, username: account.username, echo: given.echo ?? false }
  async function reply(message: ReplyMessage): Promise<void> {
    replies.push(message)
    const sent = await client.sendText({ ...message, chatId: message.telegramChatId })
    assert.ok(sent.ok, `Telegram refused: ${JSON.stringify(sent)}`)
  }
  const conversation = createConversation({ ...house, bot, telegram: client, log, reply })
  let offset = 0

  /** Lets the bot hear and answer everything so far, and announce what accounts did. */
  async function answer(): Promise<Update[]> {
    await Promise.all(announcements.splice(0))
    const heard: Update[] = []
    // Asked only when there is something: a server makes whoever asks for the same twice in a row wait.
    while (control.pendingUpdates(account.id).some((update) => update.update_id >= offset)) {
      const asked = { offset, timeoutSeconds: 0, allowedUpdates: UPDATES_TO_HEAR }
      const result = await client.getUpdates(asked, AbortSignal.timeout(60_000))
      assert.ok(result.ok)
      for (const update of result.value) {
        await conversation.handle(update)
        offset = update.update_id + 1
        heard.push(update)
      }
    }
    return heard
  }

  /** What the bot wrote in reaction to what `act` does, in all chats. */
  async function reactions(act: () => unknown): Promise<MessageView[]> {
    await answer()
    const after = Math.max(0, ...control.messages().map(({ key }) => key))
    await act()
    await answer()
    return control.messages({ after }).filter(({ fromBot }) => fromBot)
  }

  /** The texts of these reactions. */
  async function texts(act: () => unknown): Promise<string[]> {
    return (await reactions(act)).map(({ message }) => message.text ?? '')
  }

  /** Somebody says something; what the bot answers, or undefined when it says nothing. */
  async function says(user: UserView, content: string | SendContent, place: Place = { bot: account.id }) {
    const said = typeof content === 'string' ? { text: content } : content
    const answers = await texts(() => control.send({ user: user.id, ...place, ...said }))
    assert.ok(answers.length <= 1, `one answer at most, not ${JSON.stringify(answers)}`)
    return answers[0]
  }

  /** A person in Telegram who pressed Start, which the bot answered. */
  async function user(firstName: string, languageCode = 'en'): Promise<UserView> {
    const created = control.createUser({ firstName, languageCode })
    control.start({ user: created.id, bot: account.id })
    await answer()
    return created
  }

  /** A person in Telegram whose chat is linked to an account. */
  async function linkedUser(userId: string, firstName: string, languageCode = 'en'): Promise<UserView> {
    const created = await user(firstName, languageCode)
    const { code } = await house.createLinkCode({ userId })
    await says(created, code)
    return created
  }

  /** The newest message of the bot in the private chat with this person. */
  function newest(someone: UserView): MessageView {
    const last = control.messages({ user: someone.id, bot: account.id }).findLast(({ fromBot }) => fromBot)
    assert.ok(last, 'the bot said nothing')
    return last
  }

  return {
    ...house,
    sandbox,
    control,
    account,
    client,
    conversation,
    log,
    replies,
    answer,
    reactions,
    texts,
    says,
    user,
    linkedUser,
    newest,
  }
}

export type Talk = Awaited<ReturnType<typeof startTalk>>

/** The code that the bot gave in a text, undefined when it gave none. */
export function codeIn(text: string | undefined): string | undefined {
  return /^[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}$/m.exec(text ?? '')?.[0]
}
