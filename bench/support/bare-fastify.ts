import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mkdtempSync, rmSync } from 'node:fs'
import Fastify from 'fastify'
import { CauseSchema } from '../../src/http/v1/cause-schema.ts'
import { IdempotencyHeader, MessageSchema, NewMessageBody } from '../../src/http/v1/message-schemas.ts'
import { serveHelper } from './process.ts'

// What the framework alone does with the same request and the same answer: the ceiling for our intake. On `/synced` the body is written
// to a file and synced first: one HTTP hop and one fsync.

const folder = mkdtempSync(join(tmpdir(), 'postrider bench '))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const file = await open(join(folder, 'synced'), 'w')

const app = Fastify({ logger: false })
app.addSchema(CauseSchema)
const schema = { headers: IdempotencyHeader, body: NewMessageBody, response: { 202: MessageSchema } }
let count = 0

app.post<{ Body: { text: string } }>('/v1/messages', { schema }, async (request, reply) => {
  return reply.code(202).send(answerFor(request.body.text))
})
app.post<{ Body: { text: string } }>('/synced', { schema }, async (request, reply) => {
  await file.write(request.body.text)
  await file.datasync()
  return reply.code(202).send(answerFor(request.body.text))
})
serveHelper({ url: await app.listen({ host: '127.0.0.1', port: 0 }) }, async () => ({}))

/** The schema's own example is an answer that fits it, whatever a message has by now. */
function answerFor(text: string): object {
  const [example] = (MessageSchema as unknown as { examples: readonly object[] }).examples
  const id = `msg_${String(++count).padStart(26, '0')}`
  return { ...example, id, text, createdAt: new Date().toISOString() }
}
