import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Bot as GrammyBot, GrammyError, InputFile as GrammyFile } from 'grammy'
import { Bot as NodeBot, InputFile as NodeFile, TelegramApiError } from 'node-telegram-bot-api'
import { Telegraf, TelegramError } from 'telegraf'
import type { MessageView, SandboxControl } from '../../src/sandbox/control-types.ts'
import { testSandbox } from '../support/sandbox.ts'
import { until } from '../support/until.ts'

/**
 * The same little program, written for each client in its own style: `/start <code>` is answered with formatting and a button,
 * a tap is answered and edits the message, `bye` sends a message, deletes it, and uploads a file.
 */
interface Program {
  /** Fails when polling fails; resolves when it was stopped. */
  run: () => Promise<void>
  stop: () => void | Promise<void>
  /** Sends broken markup and tells how the client reports the refusal. */
  breakMarkup: (chatId: number) => Promise<{ code: number; description: string } | undefined>
}

const BUTTON = (code: string) => ({ inline_keyboard: [[{ text: 'Confirm', callback_data: `ok:${code}` }]] })
const NOTES = Buffer.from('some notes, ü and 😀')

function grammyProgram(token: string, apiRoot: string): Program {
  const bot = new GrammyBot(token, { client: { apiRoot } })
  bot.command('start', (context) =>
    context.reply(`<b>linked</b> ${context.match}`, { parse_mode: 'HTML', reply_markup: BUTTON(context.match) }),
  )
  bot.callbackQuery(/^ok:(.+)$/, async (context) => {
    await context.answerCallbackQuery({ text: 'Confirmed' })
    await context.editMessageText(`confirmed ${context.match[1] ?? ''}`)
  })
  bot.hears('bye', async (context) => {
    const sent = await context.reply('about to vanish')
    await context.api.deleteMessage(sent.chat.id, sent.message_id)
    await context.replyWithDocument(new GrammyFile(NOTES, 'notes.txt'), { caption: 'for you' })
  })
  return {
    run: () => bot.start({ timeout: 5 }),
    stop: () => bot.stop(),
    breakMarkup: async (chatId) => {
      const failed: unknown = await bot.api
        .sendMessage(chatId, '<b>', { parse_mode: 'HTML' })
        .catch((error: unknown) => error)
      return failed instanceof GrammyError ? { code: failed.error_code, description: failed.description } : undefined
    },
  }
}

/** Without the upload: from Node 26 on, telegraf 4.16.3 sends no byte of a multipart body, to no server. On Node 20 it does. */
function telegrafProgram(token: string, apiRoot: string): Program {
  const bot = new Telegraf(token, { telegram: { apiRoot } })
  bot.start((context) =>
    context.reply(`<b>linked</b> ${context.payload}`, { parse_mode: 'HTML', reply_markup: BUTTON(context.payload) }),
  )
  bot.action(/^ok:(.+)$/, async (context) => {
    await context.answerCbQuery('Confirmed')
    await context.editMessageText(`confirmed ${context.match[1] ?? ''}`)
  })
  bot.hears('bye', async (context) => {
    const sent = await context.reply('about to vanish')
    await context.telegram.deleteMessage(sent.chat.id, sent.message_id)
  })
  return {
    run: () => bot.launch(),
    stop: () => bot.stop(),
    breakMarkup: async (chatId) => {
      const failed: unknown = await bot.telegram
        .sendMessage(chatId, '<b>', { parse_mode: 'HTML' })
        .catch((error: unknown) => error)
      return failed instanceof TelegramError ? { code: failed.code, description: failed.description } : undefined
    },
  }
}

function nodeProgram(token: string, apiRoot: string): Program {
  const bot = new NodeBot(token, { apiRoot })
  bot.command('start', (context) => {
    const code = String(context.match)
    return context.reply(`<b>linked</b> ${code}`, { parse_mode: 'HTML', reply_markup: BUTTON(code) })
  })
  bot.on('callback_query', async (context) => {
    const query = context.callbackQuery
    await context.answerCallbackQuery({ text: 'Confirmed' })
    await bot.api.editMessageText({
      chat_id: query?.message?.chat.id ?? 0,
      message_id: query?.message?.message_id ?? 0,
      text: `confirmed ${query?.data?.slice(3) ?? ''}`,
    })
  })
  bot.hears('bye', async (context) => {
    const chat_id = context.message?.chat.id ?? 0
    const sent = await bot.api.sendMessage({ chat_id, text: 'about to vanish' })
    await bot.api.deleteMessage({ chat_id, message_id: sent.message_id })
    const document = new NodeFile(NOTES, { filename: 'notes.txt' })
    await bot.api.sendDocument({ chat_id, document, caption: 'for you' })
  })
  return {
    run: () => bot.startPolling(),
    stop: () => bot.stop(),
    breakMarkup: async (chat_id) => {
      const failed: unknown = await bot.api
        .sendMessage({ chat_id, text: '<b>', parse_mode: 'HTML' })
        .catch((error: unknown) => error)
      return failed instanceof TelegramApiError
        ? { code: failed.errorCode, description: failed.description }
        : undefined
    },
  }
}

/** The encodings of the parameters that each is known to use, in alphabetical order. */
const CLIENTS: Record<string, { make: (token: string, apiRoot: string) => Program; encodings: string[] }> = {
  grammY: { make: grammyProgram, encodings: ['application/json', 'multipart/form-data'] },
  telegraf: { make: telegrafProgram, encodings: ['application/json'] },
  'node-telegram-bot-api': {
    make: nodeProgram,
    encodings: ['application/x-www-form-urlencoded', 'multipart/form-data'],
  },
}

/** Runs the program while `work` goes on. */
async function whileRunning(program: Program, work: () => Promise<void>): Promise<void> {
  const run = program.run()
  try {
    await work()
  } finally {
    await program.stop()
    await run
  }
}

/** What a person does with the program, and what they must see of it. */
async function useProgram(control: SandboxControl, bot: number, user: number): Promise<void> {
  const last = (): MessageView | undefined => control.messages({ bot }).findLast((view) => view.fromBot)
  control.start({ user, bot, payload: 'Zm9v_-1' })
  const linked = await until('it is linked', last)
  assert.equal(linked.message.text, 'linked Zm9v_-1')
  assert.deepEqual(linked.message.entities, [{ type: 'bold', offset: 0, length: 6 }])

  const { id } = control.tap({ user, message: linked.key, button: 'Confirm' })
  assert.equal((await until('it says so', () => control.callback(id).answer)).text, 'Confirmed')
  const edited = await until('it is edited', () => [last()].find((view) => view?.message.edit_date !== undefined))
  assert.deepEqual([edited.key, edited.message.text], [linked.key, 'confirmed Zm9v_-1'])

  control.send({ user, bot, text: 'bye' })
  const all = (): MessageView[] => control.messages({ bot, includeDeleted: true })
  const vanished = await until('it vanishes', () => all().find((view) => view.deletedAtMs !== undefined))
  assert.equal(vanished.message.text, 'about to vanish')
}

async function seeUpload(control: SandboxControl, bot: number): Promise<void> {
  const file = await until('the file comes', () => control.messages({ bot }).find((view) => view.message.document))
  const { caption, document } = file.message
  assert.deepEqual([caption, document?.file_name, document?.file_size], ['for you', 'notes.txt', NOTES.length])
}

describe('C3: foreign clients run against the sandbox unmodified', () => {
  for (const [name, { make, encodings }] of Object.entries(CLIENTS)) {
    test(`C3: ${name} starts, links, sends, edits, deletes and answers a tap, in its own encodings`, async (t) => {
      const { control, url } = await testSandbox(t)
      const bot = control.createBot({ username: 'foreign_bot' })
      const user = control.createUser({ firstName: 'Ann' })
      const program = make(bot.token, url)
      await whileRunning(program, async () => {
        await useProgram(control, bot.id, user.id)
        if (encodings.includes('multipart/form-data')) await seeUpload(control, bot.id)
      })
      assert.deepEqual(await program.breakMarkup(user.id), {
        code: 400,
        description: 'Bad Request: can\'t parse entities: Can\'t find end tag corresponding to start tag "b"',
      })
      const used = control.requests({ bot: bot.id }).flatMap(({ contentType }) => contentType?.split(';')[0] ?? [])
      assert.deepEqual([...new Set(used)].toSorted(), encodings)
    })
  }
})
