/** Who may import whom. Read a line as: "http may import domain, usecases and the store's interface". `app.ts` may import all. */
const MAY_IMPORT = {
  domain: [],
  config: ['domain'],
  ops: ['domain'],
  store: ['domain'],
  telegram: ['domain'],
  usecases: ['domain', 'store'],
  delivery: ['domain', 'ops', 'store', 'telegram'],
  conversation: ['domain', 'usecases', 'telegram'],
  http: ['domain', 'usecases'],
  sandbox: ['domain'],
  cli: ['config', 'domain', 'usecases', 'ops'],
}

/** Packages that one folder owns. */
const OWNED = {
  'fastify|@fastify|typebox|redoc': 'http',
  'kysely|pg': 'store',
  undici: '(telegram|cli|sandbox)',
  'jose|pino|pino-pretty|prom-client': 'ops',
  commander: 'cli',
}

const arrows = Object.entries(MAY_IMPORT).map(([from, to]) => ({
  name: `${from}-may-import-only-${to.join('-') || 'itself'}`,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: { path: '^src/', pathNot: `^src/(${[from, ...to].join('|')})/` },
}))

const owned = Object.entries(OWNED).map(([packages, owner]) => ({
  name: `only-${owner}-knows-${packages}`,
  severity: 'error',
  from: { path: '^src/', pathNot: `^src/(${owner}/|[a-z-]+\\.ts$)` },
  to: { path: `node_modules/(${packages})/`, dependencyTypesNot: ['type-only'] },
}))

module.exports = {
  forbidden: [
    ...arrows,
    ...owned,
    {
      name: 'domain-is-pure',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { dependencyTypes: ['core', 'npm'] },
    },
    // `store/store.ts` is the front door, with `store/outbox.ts` for the messages table as a queue; the engines behind it are opened by the composition roots alone.
    {
      name: 'store-by-its-front-door',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/([a-z-]+\\.ts$|store/)' },
      to: { path: '^src/store/', pathNot: '^src/store/(store|outbox)\\.ts$' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'src-not-to-test', severity: 'error', from: { path: '^src/' }, to: { path: '^(test|scripts|bench|web)/' } },
    {
      name: 'nothing-forgotten',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '\\.(html|css)$' },
      to: {},
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
