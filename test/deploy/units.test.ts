import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, test } from 'node:test'
import { SETTINGS } from '../../src/config/settings.ts'
import { temporaryFolder } from '../support/program.ts'
import { parseYamlStream } from '../support/yaml.ts'

const DEPLOY = join(import.meta.dirname, '..', '..', 'deploy')
const DRAIN_SECONDS = (SETTINGS.drainTimeoutMs.default ?? 0) / 1000
const KNOWN = new Set([
  ...Object.values(SETTINGS).flatMap(({ env }) => env as readonly string[]),
  'BOT_PORT',
  'NODE_ENV',
])

describe('the systemd units', () => {
  const files = globSync('systemd/*.service', { cwd: DEPLOY })

  test('there is one for each way to run', () => {
    const names = ['api', 'bot', 'up'].map((command) => `postrider-${command}.service`)
    assert.deepEqual(files.map((file) => basename(file)).sort(), names)
    for (const name of names) {
      const command = /-(\w+)\./.exec(name)?.[1]
      const program = '/opt/postrider/node_modules/.bin/node --max-semi-space-size=8 /opt/postrider/src/main.ts'
      assert.deepEqual(linesOf(name, 'ExecStart'), [`${program} ${command}`])
    }
  })

  test('systemd finds nothing wrong with them, and calls them well protected', (t) => {
    if (spawnSync('systemd-analyze', ['--version']).error) return t.skip('there is no systemd-analyze on this machine')
    const folder = temporaryFolder(t)
    mkdirSync(join(folder, 'units'))
    const units = files.map((file) => {
      // The program is not installed where the units expect it.
      const text = readFileSync(join(DEPLOY, file), 'utf8').replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true')
      const unit = join(folder, 'units', basename(file))
      writeFileSync(unit, text)
      return unit
    })
    const verified = spawnSync('systemd-analyze', ['verify', ...units], { encoding: 'utf8' })
    assert.deepEqual([verified.status, verified.stderr], [0, ''])
    // Of 100, the smaller the better; below 20 is what systemd calls OK.
    execFileSync('systemd-analyze', ['security', '--offline=yes', '--threshold=20', ...units], { stdio: 'ignore' })
  })

  test('a stop has more time than DRAIN_TIMEOUT, and the settings are ones that the program knows', () => {
    for (const file of files) {
      assert.ok(Number(linesOf(file, 'TimeoutStopSec')[0]) > DRAIN_SECONDS, file)
      for (const assignment of linesOf(file, 'Environment').flatMap((line) => line.split(' '))) assertKnown(assignment)
    }
    const settings = readFileSync(join(DEPLOY, 'systemd', 'postrider.env'), 'utf8')
    for (const line of settings.split('\n').filter((text) => text !== '' && !text.startsWith('#'))) assertKnown(line)
  })

  test('each is started again for as long as what it needs is away, and makes fewer first calls than Telegram counts', () => {
    for (const file of files) {
      assert.deepEqual([linesOf(file, 'StartLimitIntervalSec'), linesOf(file, 'StartLimitBurst')], [['0'], []], file)
      assert.deepEqual(linesOf(file, 'Restart'), ['always'], file)
      const asksTelegram = !file.includes('-api')
      const startsPerMinute = 60 / Number(linesOf(file, 'RestartSec')[0])
      assert.ok(!asksTelegram || startsPerMinute <= 15, `${file}: ${startsPerMinute} a minute`)
    }
  })

  function linesOf(file: string, key: string): string[] {
    const text = readFileSync(join(DEPLOY, 'systemd', basename(file)), 'utf8')
    return [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value ?? '')
  }
})

function assertKnown(assignment: string): void {
  const name = assignment.split('=')[0] ?? ''
  assert.ok(KNOWN.has(name), `${name} is no setting`)
}

interface Probe {
  httpGet: { path: string; port: string }
}
interface Container {
  args: string[]
  ports: { name: string; containerPort: number }[]
  startupProbe: Probe
  livenessProbe: Probe
  readinessProbe: Probe
  envFrom: { configMapRef?: { name: string }; secretRef?: { name: string } }[]
  securityContext: { readOnlyRootFilesystem: boolean; allowPrivilegeEscalation: boolean }
}
interface Resource {
  kind: string
  metadata: { name: string }
  data?: Record<string, string>
  stringData?: Record<string, string>
  spec: {
    selector: Record<string, string> & { matchLabels: Record<string, string> }
    template: {
      metadata: { labels: Record<string, string> }
      spec: {
        terminationGracePeriodSeconds: number
        securityContext: { runAsNonRoot: boolean }
        containers: [Container]
      }
    }
    ports: { targetPort: string }[]
  }
}

describe('deploy/kubernetes.yaml', () => {
  const resources = parseYamlStream(readFileSync(join(DEPLOY, 'kubernetes.yaml'), 'utf8')) as Resource[]
  const ofKind = (kind: string): Resource[] => resources.filter((resource) => resource.kind === kind)
  const deployments = ofKind('Deployment')

  test('runs api and bot, which a Service, probes and settings find by names that are there', () => {
    assert.deepEqual(
      deployments.map(({ spec }) => spec.template.spec.containers[0].args),
      [['api'], ['bot']],
    )
    for (const { spec } of deployments) {
      const [container] = spec.template.spec.containers
      const ports = container.ports.map(({ name }) => name)
      for (const kind of ['startupProbe', 'livenessProbe', 'readinessProbe'] as const) {
        const { path, port } = container[kind].httpGet
        assert.equal(path, kind === 'readinessProbe' ? '/health/ready' : '/health/live')
        assert.ok(ports.includes(port))
      }
      assert.deepEqual(spec.selector.matchLabels, spec.template.metadata.labels)
      for (const { configMapRef, secretRef } of container.envFrom) {
        const kind = configMapRef ? 'ConfigMap' : 'Secret'
        assert.ok(ofKind(kind).some(({ metadata }) => metadata.name === (configMapRef ?? secretRef)?.name))
      }
    }
    const [service] = ofKind('Service')
    assert.deepEqual(service?.spec.selector, deployments[0]?.spec.template.metadata.labels)
    assert.equal(service?.spec.ports[0]?.targetPort, deployments[0]?.spec.template.spec.containers[0].ports[0]?.name)
  })

  test('a pod has more time to stop than its DRAIN_TIMEOUT, and no rights', () => {
    const drain = Number.parseInt(ofKind('ConfigMap')[0]?.data?.['DRAIN_TIMEOUT'] ?? '', 10)
    for (const { spec } of deployments) {
      const pod = spec.template.spec
      assert.ok(pod.terminationGracePeriodSeconds > drain)
      assert.equal(pod.securityContext.runAsNonRoot, true)
      assert.partialDeepStrictEqual(pod.containers[0].securityContext, {
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
      })
    }
  })

  test('every setting is one that the program knows', () => {
    const names = resources.flatMap(({ data = {}, stringData = {} }) => [
      ...Object.keys(data),
      ...Object.keys(stringData),
    ])
    assert.ok(names.length > 5)
    for (const name of names) assertKnown(name)
  })

  test('kubectl reads it', (t) => {
    if (spawnSync('kubectl', ['version', '--client']).error) return t.skip('there is no kubectl on this machine')
    const folder = temporaryFolder(t)
    writeFileSync(join(folder, 'resources.yaml'), readFileSync(join(DEPLOY, 'kubernetes.yaml')))
    writeFileSync(join(folder, 'kustomization.yaml'), 'resources: [resources.yaml]\n')
    const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', folder], { encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    assert.equal([...stdout.matchAll(/^kind: /gm)].length, resources.length)
  })
})
