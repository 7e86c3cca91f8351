import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { ConfigError, type Environment, loadConfig, publicUrlOf } from '../../src/config/load-config.ts'
import { SETTINGS } from '../../src/config/settings.ts'

function problemsOf(env: Environment, options?: Parameters<typeof loadConfig>[1]): readonly string[] {
  try {
    loadConfig(env, options)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.problems
  }
  return []
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'postrider settings '))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

describe('defaults', () => {
  test('an empty environment gives the defaults of the contract', () => {
    const config = loadConfig({}, { directory: '/srv' })
    assert.deepEqual(config, {
      telegramBotToken: null,
      sandbox: 'on',
      sandboxPorts: [8001, 0],
      host: '127.0.0.1',
      port: 8000,
      publicUrl: null,
      botPort: null,
      dataDir: '/srv/data',
      database: { engine: 'sqlite', file: '/srv/data/postrider.db' },
      databasePoolSize: 10,
      databaseConnectTimeoutMs: 5000,
      databaseStatementTimeoutMs: 10_000,
      databaseLockTimeoutMs: 5000,
      databaseIdleTransactionTimeoutMs: 4000,
      secretKey: null,
      previousSecretKey: null,
      dialects: ['fabotrix', 'moonburnt', 'yuryyurybot', 'eora', 'djangobot'],
      trustedProxies: [],
      registration: 'open',
      accessTokenTtlMs: 24 * 3_600_000,
      linkCodeTtlMs: 15 * 60_000,
      maxBotsPerUser: 5,
      queueLimit: 10_000,
      privateChatBurst: 1,
      sendAttempts: 12,
      sendTimeoutMs: 60_000,
      drainTimeoutMs: 10_000,
      botStartsPerMinute: 9,
      telegramApiRoot: 'https://api.telegram.org',
      telegramUpdates: 'polling',
      logLevel: 'info',
      logFormat: 'auto',
    })
  })

  test('a value that is empty or blank counts as not set', () => {
    assert.deepEqual(loadConfig({ PORT: '', TELEGRAM_BOT_TOKEN: '  ', SECRET_KEY: '' }), loadConfig({}))
  })

  test('the settings cannot be changed afterwards', () => {
    assert.throws(() => Object.assign(loadConfig({}), { port: 1 }), TypeError)
  })

  test('the public address follows host and port unless it is given', () => {
    assert.equal(publicUrlOf(loadConfig({}), 8000), 'http://127.0.0.1:8000')
    assert.equal(publicUrlOf(loadConfig({ HOST: '0.0.0.0' }), 81), 'http://127.0.0.1:81')
    assert.equal(publicUrlOf(loadConfig({ HOST: '[::]' }), 81), 'http://[::1]:81')
    assert.equal(publicUrlOf(loadConfig({ PUBLIC_URL: 'https://post.example/' }), 81), 'https://post.example')
  })

  test('a port that the system picks is picked for the sandbox too', () => {
    assert.deepEqual(loadConfig({ PORT: '0' }).sandboxPorts, [0])
    assert.deepEqual(loadConfig({ PORT: '9000' }).sandboxPorts, [9001, 0])
    assert.deepEqual(loadConfig({ PORT: '9000', SANDBOX_PORT: '7' }).sandboxPorts, [7])
    assert.deepEqual(loadConfig({ PORT: '65535' }).sandboxPorts, [0])
  })
})

describe('values', () => {
  const good: [Environment, object][] = [
    [{ PORT: '0' }, { port: 0 }],
    [{ ACCESS_TOKEN_TTL: '7d' }, { accessTokenTtlMs: 7 * 86_400_000 }],
    [{ SEND_TIMEOUT: '250ms' }, { sendTimeoutMs: 250 }],
    [{ DRAIN_TIMEOUT: '0s' }, { drainTimeoutMs: 0 }],
    [{ LINK_CODE_TTL: '5m' }, { linkCodeTtlMs: 300_000 }],
    [{ REGISTRATION: 'CLOSED' }, { registration: 'closed' }],
    [{ DATABASE_URL: 'sqlite:/var/lib/x.db' }, { database: { engine: 'sqlite', file: '/var/lib/x.db' } }],
    [{ DATABASE_URL: 'sqlite:///var/lib/x.db' }, { database: { engine: 'sqlite', file: '/var/lib/x.db' } }],
    [{ DATABASE_URL: 'sqlite://' }, { database: { engine: 'sqlite', file: '/srv/data/postrider.db' } }],
    [{ DATABASE_URL: 'sqlite:my data/x.db' }, { database: { engine: 'sqlite', file: '/srv/my data/x.db' } }],
    [
      { DATABASE_URL: 'sqlite:', DATA_DIR: '/d' },
      { database: { engine: 'sqlite', file: '/d/postrider.db' }, dataDir: '/d' },
    ],
    [
      { DATABASE_URL: 'postgres://u:p@db.example:6432/post?sslmode=verify-full' },
      { database: { engine: 'postgres', url: 'postgres://u:p@db.example:6432/post?sslmode=verify-full' } },
    ],
    [{ DATABASE_URL: 'postgresql://db/post' }, { database: { engine: 'postgres', url: 'postgresql://db/post' } }],
    [
      { DATABASE_URL: 'postgres://u@/post?host=/run/postgresql' },
      { database: { engine: 'postgres', url: 'postgres://u@/post?host=/run/postgresql' } },
    ],
    [{ TELEGRAM_API_ROOT: 'http://127.0.0.1:8081/' }, { telegramApiRoot: 'http://127.0.0.1:8081' }],
    [{ PUBLIC_URL: 'https://a.example/post/' }, { publicUrl: 'https://a.example/post' }],
    [{ TELEGRAM_BOT_TOKEN: ' 123:abc\n' }, { telegramBotToken: '123:abc' }],
    [{ HOST: '[::1]' }, { host: '::1' }],
    [{ DIALECTS: 'Off' }, { dialects: [] }],
    [{ DIALECTS: 'eora, Fabotrix' }, { dialects: ['fabotrix', 'eora'] }],
  ]
  for (const [env, expected] of good) {
    test(`${JSON.stringify(env)} is understood`, () => {
      assert.partialDeepStrictEqual(loadConfig(env, { directory: '/srv' }), expected)
    })
  }

  const bad: [Environment, RegExp][] = [
    [{ PORT: '65536' }, /^PORT must be a whole number from 0 to 65535 \(it is "65536"\)$/],
    [{ DIALECTS: 'eora,klingon' }, /^DIALECTS must be off, or some of fabotrix, .*djangobot with commas between/],
    [{ DIALECTS: 'off,eora' }, /^DIALECTS /],
    [{ PORT: '80 80' }, /^PORT /],
    [{ PORT: '1e3' }, /^PORT /],
    [{ PORT: '-1' }, /^PORT /],
    [{ SEND_TIMEOUT: '60' }, /^SEND_TIMEOUT must be a duration .* \(it is "60"\)$/],
    [{ SEND_TIMEOUT: '1.5s' }, /^SEND_TIMEOUT /],
    [{ SEND_ATTEMPTS: '0' }, /^SEND_ATTEMPTS /],
    [{ HOST: 'http://x' }, /^HOST /],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL must be debug or info/],
    [{ TELEGRAM_UPDATES: 'push' }, /^TELEGRAM_UPDATES must be polling or webhook/],
    [{ PUBLIC_URL: 'a.example' }, /^PUBLIC_URL must be an address/],
    [{ PUBLIC_URL: 'https://a.example/?x=1' }, /^PUBLIC_URL must not have a part/],
    [{ DATABASE_URL: 'postgres://u:hunter2@db:many/x' }, /^DATABASE_URL must look like postgres:/],
    [{ DATABASE_URL: 'postgres:x' }, /^DATABASE_URL must look like postgres:/],
    [{ DATABASE_URL: 'postgres://u:hunter2@db/x?sslmode=prefer' }, /^DATABASE_URL must have an sslmode of disable or /],
    [{ DATABASE_POOL_SIZE: '1' }, /^DATABASE_POOL_SIZE /],
    [{ DATABASE_URL: 'mysql://x' }, /^DATABASE_URL must be sqlite:/],
    [{ DATABASE_URL: 'sqlite::memory:' }, /^DATABASE_URL must be a file/],
    [{ SECRET_KEY: 'short' }, /^SECRET_KEY must have at least 16 characters; leave it out and one is made/],
    [
      { SECRET_KEY_PREVIOUS: 'short' },
      /^SECRET_KEY_PREVIOUS must have at least 16 characters; it is the SECRET_KEY of before/,
    ],
    [{ TRUSTED_PROXIES: '10.0.0.0/8, proxy' }, /^TRUSTED_PROXIES must be IP addresses/],
    [{ TRUSTED_PROXIES: '10.0.0.0/33' }, /^TRUSTED_PROXIES must be IP addresses/],
    [{ TG_TOKEN: 'nonsense' }, /^TG_TOKEN must look like 123456789:AAE4f/],
  ]
  for (const [env, expected] of bad) {
    test(`${JSON.stringify(env)} is one clear problem`, () => {
      const [problem, ...more] = problemsOf(env)
      assert.match(problem ?? '', expected)
      assert.deepEqual(more, [])
    })
  }

  test('all problems are told at once', () => {
    const problems = problemsOf({ PORT: 'x', SEND_TIMEOUT: '5', BOT_TOKEN: '?', LOG_LEVEL: 'no' })
    assert.deepEqual(
      new Set(problems.map((problem) => problem.split(' ')[0])),
      new Set(['BOT_TOKEN', 'LOG_LEVEL', 'PORT', 'SEND_TIMEOUT']),
    )
  })

  test('any text in any variable gives settings or a ConfigError, and a secret is never shown', () => {
    const names = Object.values(SETTINGS).flatMap((setting) => setting.env as readonly string[])
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('1', '10s', 'sqlite:', 'http://x', 'on'))
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value, { noNullPrototype: true }), (env) => {
        const problems = problemsOf(env)
        for (const setting of Object.values(SETTINGS)) {
          for (const name of setting.env as readonly string[]) {
            const secret = env[name]
            if (!('secret' in setting) || !secret || secret.trim().length < 8) continue
            const own = problems.filter((problem) => problem.startsWith(name))
            assert.ok(own.every((problem) => !problem.includes(secret.trim())))
          }
        }
      }),
    )
  })

  test('a bot token in the wrong place is not shown either', () => {
    const token = '123456789:AAE4fJzX0n2vLq8sYt7uWk3mPb9cRd5hGxQ'
    for (const name of ['PORT', 'HOST', 'LOG_LEVEL'])
      assert.ok(
        !problemsOf({ [name]: token })
          .join()
          .includes('AAE4f'),
      )
    const inUrl = problemsOf({ TELEGRAM_API_ROOT: `https://api.telegram.org/bot${token}?` })
    assert.ok(!inUrl.join().includes('AAE4f'))
  })
})

describe('updates by webhook', () => {
  const telegram = { TELEGRAM_UPDATES: 'webhook', TELEGRAM_BOT_TOKEN: '1:a' }
  const own = { ...telegram, TELEGRAM_API_ROOT: 'http://127.0.0.1:8081' }

  const good: [string, Environment][] = [
    ['Telegram takes https', { ...telegram, PUBLIC_URL: 'https://post.example' }],
    ['Telegram takes 8443', { ...telegram, PUBLIC_URL: 'https://post.example:8443/here' }],
    ['a Bot API server of one’s own takes anything', { ...own, PUBLIC_URL: 'http://127.0.0.1:8000' }],
    ['the sandbox needs nothing', { TELEGRAM_UPDATES: 'Webhook' }],
  ]
  for (const [name, env] of good) {
    test(name, () => assert.equal(loadConfig(env).telegramUpdates, 'webhook'))
  }

  const bad: [string, Environment, RegExp][] = [
    ['an address is needed', telegram, /^TELEGRAM_UPDATES is webhook, which needs PUBLIC_URL: the https address/],
    ['also by a server of one’s own', own, /^TELEGRAM_UPDATES is webhook, which needs PUBLIC_URL/],
    ['Telegram calls no http', { ...telegram, PUBLIC_URL: 'http://post.example' }, /^PUBLIC_URL must begin with https/],
    ['nor port 8000', { ...telegram, PUBLIC_URL: 'https://post.example:8000' }, /^PUBLIC_URL must have port 443, 80/],
    ['nor this machine', { ...telegram, PUBLIC_URL: 'https://localhost' }, /^PUBLIC_URL must be an address on the int/],
    [
      'nor its number',
      { ...telegram, PUBLIC_URL: 'https://127.0.0.1' },
      /^PUBLIC_URL must be an address on the internet/,
    ],
  ]
  for (const [name, env, expected] of bad) {
    test(name, () => {
      const [problem, ...more] = problemsOf(env)
      assert.match(problem ?? '', expected)
      assert.deepEqual(more, [])
    })
  }

  test('polling needs no address', () => {
    assert.equal(loadConfig({ ...telegram, TELEGRAM_UPDATES: 'polling' }).publicUrl, null)
  })
})

describe('where a setting may stand', () => {
  test('the other names of the token are read, the first that is set wins', () => {
    assert.equal(loadConfig({ TG_TOKEN: '1:a' }).telegramBotToken, '1:a')
    assert.equal(loadConfig({ BOT_TOKEN: '1:b' }).telegramBotToken, '1:b')
    assert.equal(loadConfig({ BOT_TOKEN: '1:b', TELEGRAM_BOT_TOKEN: '1:c', TG_TOKEN: '1:a' }).telegramBotToken, '1:c')
  })

  test('X_FILE names a file that holds X', (t) => {
    const file = join(folder(t), 'token')
    writeFileSync(file, '42:from-a-file\n')
    assert.equal(loadConfig({ TELEGRAM_BOT_TOKEN_FILE: file }).telegramBotToken, '42:from-a-file')
  })

  test('an X_FILE that cannot be read, is empty, or stands beside X is a problem', (t) => {
    const directory = folder(t)
    const empty = join(directory, 'empty')
    writeFileSync(empty, '\n')
    assert.match(problemsOf({ SECRET_KEY_FILE: join(directory, 'no') })[0] ?? '', /^SECRET_KEY_FILE .*ENOENT/)
    assert.match(problemsOf({ SECRET_KEY_FILE: directory })[0] ?? '', /^SECRET_KEY_FILE .*EISDIR/)
    assert.match(problemsOf({ SECRET_KEY_FILE: empty })[0] ?? '', /^SECRET_KEY_FILE .*empty/)
    assert.match(problemsOf({ PORT: '1', PORT_FILE: empty })[0] ?? '', /^PORT and PORT_FILE are both set/)
  })

  test('.env is read, and the environment wins over it under whatever name', (t) => {
    const envFile = join(folder(t), '.env')
    writeFileSync(envFile, 'PORT=1234\nexport HOST="localhost" # mine\nTELEGRAM_BOT_TOKEN=1:file\n')
    const config = loadConfig({ PORT: '4321', BOT_TOKEN: '2:environment' }, { envFile })
    assert.partialDeepStrictEqual(config, { port: 4321, host: 'localhost', telegramBotToken: '2:environment' })
  })

  test('an empty value in the environment hides the one in .env', (t) => {
    const envFile = join(folder(t), '.env')
    writeFileSync(envFile, 'TELEGRAM_BOT_TOKEN=1:file\nPORT=1234\n')
    assert.partialDeepStrictEqual(loadConfig({ BOT_TOKEN: '', PORT: ' ' }, { envFile }), {
      telegramBotToken: null,
      port: 8000,
    })
  })

  test('no .env is fine, one that cannot be read is a problem', (t) => {
    const directory = folder(t)
    assert.deepEqual(loadConfig({}, { envFile: join(directory, '.env') }), loadConfig({}))
    assert.match(problemsOf({}, { envFile: directory })[0] ?? '', /cannot be read \(EISDIR\)$/)
  })

  test('a line of .env that is no setting is a problem, by its number and never by its content', (t) => {
    const envFile = join(folder(t), '.env')
    writeFileSync(envFile, 'PORT=1\n42:AAE4fJzX0n2vLq8sYt7uWk3mPb9cRd5hGxQ\nHOST=nowhere://\n')
    const problems = problemsOf({}, { envFile })
    assert.equal(problems.length, 2)
    assert.match(problems[0] ?? '', /\.env line 2 is not of the form NAME=value$/)
  })
})
