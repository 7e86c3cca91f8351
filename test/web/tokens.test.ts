import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { sharedHouse } from '../support/account-page.ts'
import { signedIn } from '../support/signed-in.ts'

const run = promisify(execFile)
const house = await sharedHouse()

test('a new token is shown once, with commands that really send, and is refused as soon as it is revoked', async (t) => {
  const ann = await signedIn(t, house, 'ann')
  const { page, phone, troubles, context } = ann
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await ann.open('/tokens')
  await page.getByRole('button', { name: 'Make a token' }).click()
  const dialog = page.getByRole('dialog', { name: 'Make a token' })
  await dialog.getByLabel('What is it for?').fill('Backup of db1')
  await dialog.getByRole('checkbox', { name: 'Read' }).check()
  await dialog.getByRole('button', { name: 'Make it' }).click()
  const made = page.getByRole('region', { name: 'Your token “Backup of db1”' })
  const token = await made.locator('code').first().innerText()
  // It is said for two seconds only.
  await Promise.all([made.getByText('Copied').waitFor(), made.getByRole('button', { name: 'Copy the token' }).click()])
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), token)

  const commands: Record<string, string> = {}
  for (const name of ['curl', 'Python', 'JavaScript', 'Shell', 'cron']) {
    await made.getByRole('tab', { name, exact: true }).click()
    commands[name] = await made.getByRole('tabpanel', { name, exact: true }).locator('pre').innerText()
  }
  await phone.locator('.chat-row').first().click()
  const sent = async (text: string): Promise<void> => {
    await phone
      .locator('.bubble', { hasText: `Ann, I got a message from you: ${text}` })
      .last()
      .waitFor()
  }
  await t.test('curl', async () => {
    await run('sh', ['-c', `${commands['curl']} -fsS`])
    await sent('Hello from Postrider')
    assert.equal(await phone.locator('.bubble', { hasText: 'Hello from Postrider' }).count(), 1)
  })
  await t.test('Python', async (context) => {
    if (!(await has('python3'))) return context.skip('there is no python3 here')
    assert.match((await run('python3', ['-c', commands['Python'] ?? ''])).stdout, /^(queued|sending|delivered)\n$/)
    await phone.locator('.bubble', { hasText: 'Hello from Postrider' }).nth(1).waitFor()
  })
  await t.test('JavaScript', async () => {
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', commands['JavaScript'] ?? ''])
    assert.match(stdout, /^202 /)
    await phone.locator('.bubble', { hasText: 'Hello from Postrider' }).nth(2).waitFor()
  })
  await t.test('a function of the shell, for words and for what comes out of a program', async () => {
    const [definition = ''] = (commands['Shell'] ?? '').split('\n')
    await run('sh', ['-c', `${definition}\nnotify 50% of "it's" 'full $HOME'\nprintf 'a\\nb & c=d' | notify`])
    await sent("50% of it's full $HOME")
    await sent('a\nb & c=d')
  })
  await t.test('the line for cron', async () => {
    const command = (commands['cron'] ?? '').replace(/^(\S+ ){5}/, '')
    await run('sh', ['-c', command.replace('/usr/local/bin/backup', 'true')])
    await sent('backup done')
    await run('sh', ['-c', command.replace('/usr/local/bin/backup', 'false')])
    await sent('backup FAILED')
  })

  await made.getByRole('button', { name: 'I have kept it' }).click()
  const card = page.getByRole('article', { name: 'Backup of db1' })
  await card.getByText(`ends in …${token.slice(-4)}`).waitFor()
  await card.getByText('Read', { exact: true }).waitFor()
  assert.ok(!(await page.content()).includes(token), 'it is nowhere on the page any more')
  await page.reload()
  await card.getByText(/last used .*\d/).waitFor()
  await card.getByRole('button', { name: 'Revoke Backup of db1' }).click()
  await page.getByRole('dialog', { name: 'Revoke “Backup of db1”?' }).getByRole('button', { name: 'Revoke' }).click()
  await page.getByRole('heading', { name: 'No token yet' }).waitFor()
  const refused = await fetch(`${house.program.url}/s/${token}`, { method: 'POST', body: 'too late' })
  assert.equal(refused.status, 401)
  assert.deepEqual(troubles, [])
})

async function has(command: string): Promise<boolean> {
  return await run(command, ['--version']).then(
    () => true,
    () => false,
  )
}
