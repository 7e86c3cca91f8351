import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOwnWebhook, webhookUrl } from '../../src/domain/webhook-address.ts'

const OWNER = { publicUrl: 'https://post.example/here', mark: 'Ab-_9' }

test('a webhook is ours below our address, or with our mark wherever it is; nothing else is', () => {
  assert.equal(webhookUrl(OWNER, 'bot_1'), 'https://post.example/here/v1/telegram/updates/bot_1/Ab-_9')
  const cases: [string, boolean][] = [
    ['https://post.example/here/v1/telegram/updates/bot_1/Ab-_9', true],
    ['https://post.example/here/v1/telegram/updates/bot_9/another-key', true],
    ['http://before.example:8080/v1/telegram/updates/bot_9/Ab-_9', true],
    ['https://before.example/v1/telegram/updates/bot_1/another-key', false],
    ['https://post.example/here/v1/telegram/updates', false],
    ['https://post.example/here/v1/telegram/updates.php', false],
    ['https://post.example.evil/here/v1/telegram/updates/bot_1/another-key', false],
    ['https://before.example/Ab-_9', false],
    ['https://before.example/v1/telegram/updates/bot_1/xAb-_9', false],
    ['', false],
  ]
  for (const [url, expected] of cases) assert.equal(isOwnWebhook(url, OWNER), expected, url)
})
