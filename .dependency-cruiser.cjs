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

/** The same in the account page, `web/src/`. `router.tsx`, `app.tsx` and `main.tsx` put it together and may import all. */
const PAGE_MAY_IMPORT = {
  texts: ['api'],
  api: [],
  parts: ['api'],
  session: ['api', 'parts', 'shell', 'texts'],
  shell: ['api', 'parts', 'session', 'texts'],
  pages: ['api', 'parts', 'session', 'shell', 'texts'],
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

const pageArrows = Object.entries(PAGE_MAY_IMPORT).map(([from, to]) => ({
  name: `page-${from}-may-import-only-${to.join('-') || 'itself'}`,
  severity: 'error',
  from: { path: `^web/src/${from}/` },
  // What the program told the page lies beside the folders, because all of them may know it.
  to: { path: '^web/src/', pathNot: `^web/src/((${[from, ...to].join('|')})/|told\\.ts$)` },
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
    ...pageArrows,
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
    // The page knows the HTTP API and nothing else of the program: its types come out of the API's document.
    {
      name: 'page-knows-only-the-api',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(src|test|scripts|bench)/' },
    },
    {
      name: 'page-runs-in-browsers',
      severity: 'error',
      from: { path: '^web/src/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'pages-stand-alone',
      severity: 'error',
      from: { path: '^web/src/pages/([^/]+)/' },
      to: { path: '^web/src/pages/', pathNot: '^web/src/pages/$1/' },
    },
    {
      name: 'nothing-forgotten',
      severity: 'error',
      from: { orphan: true, path: '^(src|web/src)/', pathNot: '\\.(html|css)$' },
      to: {},
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
