import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { SETTINGS } from '../../src/config/settings.ts'
import { temporaryFolder } from '../support/program.ts'
import { parseYaml } from '../support/yaml.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const FILE = join(ROOT, 'deploy', 'compose.yaml')

interface ComposeService {
  image: string
  pull_policy?: string
  build?: { context: string; dockerfile: string }
  command?: string[]
  environment?: Record<string, string>
  env_file?: { path: string; required: boolean }[]
  depends_on?: Record<string, { condition: string; required?: boolean }>
  healthcheck?: { test: string[] }
  restart: string
  volumes?: string[]
  ports?: string[]
  profiles?: string[]
  stop_grace_period?: string
}
interface ComposeFile {
  name: string
  services: Record<'postgres' | 'api' | 'bot' | 'sandbox', ComposeService>
  volumes: Record<string, null>
}

describe('deploy/compose.yaml', () => {
  const compose = parseYaml(readFileSync(FILE, 'utf8')) as ComposeFile
  const { postgres, api, bot, sandbox } = compose.services

  test('has a database, the api, the bot, and a sandbox only for those who ask', () => {
    assert.deepEqual(Object.keys(compose.services).sort(), ['api', 'bot', 'postgres', 'sandbox'])
    assert.deepEqual([api.command, bot.command, sandbox.command?.[0]], [['api'], ['bot'], 'sandbox'])
    assert.deepEqual(
      [postgres.profiles, api.profiles, bot.profiles, sandbox.profiles],
      [undefined, undefined, undefined, ['sandbox']],
    )
  })

  test('api and bot wait until the database takes connections, and the sandbox where there is one', () => {
    for (const { depends_on: needs } of [api, bot]) {
      assert.deepEqual(needs, {
        postgres: { condition: 'service_healthy' },
        sandbox: { condition: 'service_healthy', required: false },
      })
    }
    assert.equal(postgres.healthcheck?.test[1], 'pg_isready')
    assert.equal(sandbox.healthcheck?.test[2], '/app/deploy/healthcheck.mjs')
    // Theirs is the one of the image.
    assert.deepEqual([api.healthcheck, bot.healthcheck], [undefined, undefined])
  })

  test('everything is started again when it ended or the machine was, and has more time to stop than DRAIN_TIMEOUT', () => {
    for (const service of Object.values(compose.services)) assert.equal(service.restart, 'unless-stopped')
    for (const { stop_grace_period: grace } of [api, bot, postgres]) {
      assert.ok(Number.parseInt(grace ?? '0', 10) * 1000 > (SETTINGS.drainTimeoutMs.default ?? 0))
    }
  })

  test('one image, built once from the checkout, runs all of it but the database', () => {
    assert.deepEqual(api.build, { context: '.', dockerfile: 'deploy/Dockerfile' })
    for (const service of [bot, sandbox]) assert.deepEqual([service.build, service.pull_policy], [undefined, 'never'])
    for (const service of [api, bot, sandbox]) assert.equal(service.image, 'postrider:local')
  })

  test('what is kept is in volumes of this project, and nothing is bound to a folder of the machine', () => {
    assert.equal(compose.name, 'postrider')
    const used = Object.values(compose.services).flatMap(({ volumes = [] }) =>
      volumes.map((volume) => volume.split(':')[0]),
    )
    assert.deepEqual(new Set(used), new Set(Object.keys(compose.volumes)))
  })

  test('nothing is published to other machines, unless HOST says so', () => {
    const ports = Object.values(compose.services).flatMap(({ ports: published = [] }) => published)
    assert.ok(ports.length > 0)
    for (const port of ports) assert.match(port, /^(127\.0\.0\.1|\$\{HOST:-127\.0\.0\.1\}):/)
  })

  test('every variable that the containers get is a setting of the program', () => {
    const known = Object.values(SETTINGS).flatMap(({ env }) => env as readonly string[])
    for (const name of Object.keys(api.environment ?? {})) assert.ok([...known, 'BOT_PORT'].includes(name), name)
    assert.deepEqual(api.env_file, [{ path: '.env', required: false }])
  })
})

test('ENGINE=docker without the Compose plugin is refused in one sentence', (t) => {
  const bin = temporaryFolder(t)
  writeFileSync(join(bin, 'docker'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
  const { status, stderr } = spawnSync('make', ['up', 'ENGINE=docker'], {
    cwd: ROOT,
    env: { PATH: `${bin}:/usr/bin:/bin` },
    encoding: 'utf8',
  })
  assert.notEqual(status, 0)
  assert.match(stderr, /^Makefile:\d+: \*\*\* ENGINE=docker needs Docker with its Compose plugin.*\n$/)
})

describe('make with a Docker engine', () => {
  const NO_TOKEN = ['TELEGRAM_API_ROOT=http://sandbox:8000', 'TELEGRAM_BOT_TOKEN=4242:sandbox-bot-of-postrider']

  test('up, upd, re_… and logs are those of Compose', (t) => {
    const { make } = checkout(t, { env: 'TELEGRAM_BOT_TOKEN=1:a' })
    assert.deepEqual(make('up'), ['compose build api', 'compose up'])
    assert.deepEqual(make('upd'), ['compose build api', 'compose up --detach --wait'])
    assert.deepEqual(make('re_api'), ['compose build api', 'compose up --detach --wait --force-recreate api'])
    assert.deepEqual(make('re_bot'), ['compose build api', 'compose up --detach --wait --force-recreate bot'])
    assert.deepEqual(make('logs'), ['compose logs --follow --tail 50'])
  })

  test('run_… starts the others in the background, and ARGS replaces the command', (t) => {
    const { make } = checkout(t, { env: 'TELEGRAM_BOT_TOKEN=1:a' })
    const before = [
      'compose build api',
      'compose stop api',
      'compose config --services',
      'compose up --detach --wait postgres bot',
    ]
    assert.deepEqual(make('run_api'), [...before, 'compose run --rm --service-ports api'])
    assert.deepEqual(make('run_api', 'ARGS=bash -c "echo hello"'), [
      ...before,
      'compose run --rm --service-ports --entrypoint bash api -c echo hello',
    ])
    assert.equal(make('run_bot').at(-1), 'compose run --rm --service-ports bot')
  })

  test('clean stops, fclean removes what is of this project by name, and neither prunes what others have', (t) => {
    const { make } = checkout(t, {})
    assert.deepEqual(make('clean'), ['compose down --remove-orphans'])
    assert.deepEqual(make('fclean'), [
      'compose down --remove-orphans --volumes',
      'image inspect postrider:local',
      'image rm postrider:local',
    ])
  })

  test('without a token the sandbox is started and the others are told; an empty one in the environment hides the one of .env', (t) => {
    const without = checkout(t, {})
    without.make('upd')
    assert.deepEqual(without.environment(), ['COMPOSE_PROFILES=sandbox', ...NO_TOKEN])
    for (const env of ['TELEGRAM_BOT_TOKEN=1:a', 'export TG_TOKEN="1:a"', '# a comment\nBOT_TOKEN=1:a']) {
      without.setEnvFile(env)
      without.make('upd')
      assert.deepEqual(without.environment(), [], env)
      without.make('upd', 'TELEGRAM_BOT_TOKEN=')
      assert.deepEqual(without.environment(), ['COMPOSE_PROFILES=sandbox', ...NO_TOKEN], env)
    }
    for (const env of ['TELEGRAM_BOT_TOKEN=', '#TELEGRAM_BOT_TOKEN=1:a', 'TELEGRAM_BOT_TOKEN=""']) {
      without.setEnvFile(env)
      without.make('upd')
      assert.deepEqual(without.environment(), ['COMPOSE_PROFILES=sandbox', ...NO_TOKEN], env)
    }
  })

  test('clean finds a sandbox that was started before there was a token', (t) => {
    const { make, environment } = checkout(t, { env: 'TELEGRAM_BOT_TOKEN=1:a' })
    make('clean')
    assert.deepEqual(environment(), ['COMPOSE_PROFILES=sandbox'])
  })
})

/** The Makefile beside a `docker` that writes down what it is asked for. An engine is not needed to know what would be asked of it. */
function checkout(t: TestContext, { env }: { env?: string }) {
  const root = temporaryFolder(t)
  for (const path of ['Makefile', 'deploy']) cpSync(join(ROOT, path), join(root, path), { recursive: true })
  const setEnvFile = (content: string): void => writeFileSync(join(root, '.env'), content)
  if (env !== undefined) setEnvFile(env)
  mkdirSync(join(root, 'bin'))
  const asked = join(root, 'asked.txt')
  const environment = join(root, 'environment.txt')
  writeFileSync(
    join(root, 'bin', 'docker'),
    `#!/bin/sh
echo "$@" | sed 's/--project-directory . --file deploy.compose.yaml //' >>'${asked}'
case "$*" in *' config --services') printf 'postgres\\napi\\nbot\\n' ;; esac
env | grep -E '^(COMPOSE_PROFILES|TELEGRAM_[A-Z_]*)=' | sort >'${environment}'
`,
  )
  chmodSync(join(root, 'bin', 'docker'), 0o755)
  const make = (...args: string[]): string[] => {
    writeFileSync(asked, '')
    const variables = args.filter((arg) => /^[A-Z_]+=/.test(arg) && !arg.startsWith('ARGS='))
    const given = Object.fromEntries(variables.map((variable) => variable.split('=') as [string, string]))
    execFileSync(
      'make',
      args.filter((arg) => !variables.includes(arg)),
      {
        cwd: root,
        env: { PATH: `${join(root, 'bin')}:/usr/bin:/bin`, ...given },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    )
    const calls = readFileSync(asked, 'utf8').trim().split('\n')
    // How the Makefile finds out whether there is an engine.
    assert.deepEqual(calls.splice(0, 2), ['compose version', 'info'])
    return calls
  }
  return { make, setEnvFile, environment: () => readFileSync(environment, 'utf8').split('\n').filter(Boolean) }
}
