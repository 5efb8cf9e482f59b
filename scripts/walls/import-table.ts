/** Who may import whom. The same table, with its reasons, stands in ARCHITECTURE.md. `*` is every workspace, `service` every service. */
export interface Wall {
  readonly mayImport: readonly string[]
  /** Runs in browsers too: nothing of Node or Bun. */
  readonly browserSafe?: true
  /** The only packages from outside it may use (all, where absent). */
  readonly onlyExternal?: readonly string[]
  /** It wraps one package from outside, or a service that is spoken to over the network. */
  readonly oneClient?: true
}

export const WALLS: Readonly<Record<string, Wall>> = {
  contracts: { mayImport: [], browserSafe: true, onlyExternal: ['zod'] },
  access: { mayImport: ['contracts'], browserSafe: true },
  yaml: { mayImport: ['contracts'], browserSafe: true },
  schema: { mayImport: ['contracts', 'yaml'], browserSafe: true },
  query: { mayImport: ['contracts', 'access', 'schema'], browserSafe: true },
  sqlite: { mayImport: ['contracts'] },
  kernel: { mayImport: ['contracts', 'yaml'] },
  client: { mayImport: ['contracts'], browserSafe: true },
  'tanstack-db': { mayImport: ['client'], browserSafe: true },
  codegen: { mayImport: ['contracts', 'schema'] },
  functions: { mayImport: ['client', 'contracts'] },
  hooks: { mayImport: ['client', 'functions'] },
  emails: { mayImport: [] },
  'functions-python': { mayImport: ['functions', 'testkit'] },
  testkit: { mayImport: ['*'] },
  adapter: { mayImport: ['contracts'], oneClient: true },
  service: { mayImport: ['contracts', 'access', 'yaml', 'schema', 'query', 'sqlite', 'kernel'] },
  server: {
    mayImport: [
      'service',
      'adapter',
      'contracts',
      'access',
      'schema',
      'query',
      'sqlite',
      'kernel',
      'codegen',
      'client',
      'functions',
    ],
  },
  cli: { mayImport: ['server', 'codegen', 'client', 'functions', 'schema', 'contracts'] },
  studio: { mayImport: ['client', 'contracts', 'schema'], browserSafe: true },
  docs: { mayImport: [] },
  scripts: { mayImport: ['contracts', 'emails', 'schema', 'sqlite', 'kernel', 'server', 'cli', 'testkit'] },
  examples: { mayImport: ['client', 'tanstack-db', 'functions', 'contracts', 'testkit'] },
  bench: { mayImport: ['*'] },
  tests: { mayImport: ['*'] },
}

/** What the tests of a workspace may import besides: the real parts that they run against. Never one service another. */
export const TESTS_MAY_IMPORT: readonly string[] = [
  'testkit',
  'contracts',
  'access',
  'schema',
  'query',
  'sqlite',
  'kernel',
]

/**
 * Packages from outside that exactly one workspace may import. Tests and `testkit` may, to look from outside; `bench` may, to measure the bare part
 * beside us.
 */
export const OWNED_PACKAGES: readonly { readonly pattern: RegExp; readonly what: string; readonly owner: string }[] = [
  { pattern: /^(hono(\/|$)|@hono\/)/, what: 'the HTTP framework', owner: 'kernel' },
  { pattern: /^(better-sqlite3|bun:sqlite$|node:sqlite$)/, what: 'the SQLite driver', owner: 'sqlite' },
]

/** What kernel exports of its HTTP: not for `operations/`, which functions, GraphQL and the command line call as well. */
export const HTTP_NAMES =
  /^(Api(Request|Response)|UnidentifiedRequest|(create)?HttpApp|Route[A-Z]?\w*|route|reply|Reply|JsonText|WebSocket\w*)$/

/** Where SQL may be written; `store/` folders may, anywhere. Tests and benchmarks are free. */
export const SQL_WORKSPACES: readonly string[] = ['query', 'sqlite', 'schema', 'bench', 'tests', 'testkit']

/**
 * Where the process's environment may be read. Scripts and benchmarks are not part of what ships; the host of functions and what renders
 * emails are programs of their own, which the server starts.
 */
export const ENV_WORKSPACES: readonly string[] = [
  'functions',
  'emails',
  'scripts',
  'bench',
  'tests',
  'testkit',
  'examples',
]

export const MAX_LINES = 500
export const WARN_LINES = 350
/** Files that a command writes: nobody reads them from end to end. */
export const GENERATED: readonly string[] = ['packages/client/src/admin/admin-api.ts']
export const VAGUE_NAMES: readonly string[] = ['utils', 'util', 'helpers', 'helper', 'types', 'misc', 'common']
