import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expectStatus, noContainers, until, useContainerEngine, useServer } from '@koyalite/testkit'
import { hasSandbox } from '../../security/has-sandbox'
import type { Behaviour } from './behaviours/behaviour'
import { BOUNDARIES } from './behaviours/boundaries'
import { DOCUMENTS } from './behaviours/documents'
import { FAILURES } from './behaviours/failures'
import { JOBS } from './behaviours/jobs'
import { LOGS } from './behaviours/logs'
import { REQUESTS } from './behaviours/requests'
import { VALUES } from './behaviours/values'
import type { World } from './world'

/** A runtime, as the table has it. */
export interface RuntimeRow {
  readonly runtime: string
  /** The folder in fixtures/ with its functions. */
  readonly code: string
  /** By default all. */
  readonly isolations?: readonly World['isolation'][]
  /** A folder of programs that the server finds besides those of its PATH. */
  readonly path?: string | null
  /** Why it cannot run here; null: it can. */
  readonly missing: string | null
}

const BEHAVIOURS: Readonly<Record<string, readonly Behaviour[]>> = {
  values: VALUES,
  failures: FAILURES,
  logs: LOGS,
  documents: DOCUMENTS,
  jobs: JOBS,
  requests: REQUESTS,
  boundaries: BOUNDARIES,
}
const FIXTURES = join(import.meta.dir, 'fixtures')
const NAMES = ['bounded', 'bytes', 'chief', 'greet', 'probe', 'worker']

/** All behaviours of one runtime in the first isolation that there is here, and in each further one those that it could change. What was built for the first is there for all. */
export function describeRuntime({
  runtime,
  code,
  isolations = ['process', 'sandbox', 'container'],
  path,
  missing,
}: RuntimeRow): void {
  if (missing !== null) {
    test.skip(`functions in ${runtime}: ${missing}`, () => {})
    return
  }
  const engine = isolations.includes('container') && noContainers === null ? useContainerEngine().socket : null
  const targets = ['reached', 'never'].map((text) =>
    Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response(text) }),
  )
  const [allowed = '', other = ''] = targets.map(({ port }) => `localhost:${port}`)
  const server = useServer({
    command: 'dev',
    env: path ? { PATH: `${path}:${process.env.PATH}` } : {},
    schema: readFileSync(join(FIXTURES, 'schema.yaml'), 'utf8'),
    settings: settings(isolations[0] ?? 'process', engine),
    files: {
      ...filesIn(join(FIXTURES, code)),
      ...manifests(runtime, allowed),
      '.env': 'CONFORMANCE_TOKEN=a-secret-of-this-function\nOF_THE_SERVER=a-secret\n',
    },
  })
  afterAll(() => Promise.all(targets.map((target) => target.stop(true))))

  const why = { process: null, sandbox: hasSandbox ? null : 'bubblewrap does not work here', container: noContainers }
  const first = isolations.find((isolation) => why[isolation] === null)
  for (const [index, isolation] of isolations.entries()) {
    const reason = why[isolation] === null ? '' : ` (${why[isolation]})`
    describe.skipIf(reason !== '')(`functions in ${runtime}, as a ${isolation}${reason}`, () => {
      beforeAll(async () => {
        if (index > 0) {
          server.project.write('koyalite.yaml', settings(isolation, engine))
          await server.restart()
        }
        await until(async () => (await serving()).length === NAMES.length, { withinMs: 60_000 }).catch(() => {})
        expect(await serving()).toEqual(NAMES.map((name) => ({ name, runtime, isolation })))
      }, 90_000)
      const world: World = { server, isolation, hosts: { allowed, other } }
      for (const [group, behaviours] of Object.entries(BEHAVIOURS))
        for (const { name, differs, isolations: where = isolations, run } of behaviours)
          if (where.includes(isolation) && (differs !== null || isolation === first))
            test(`${group}: ${name}`, () => run(world))
    })
  }

  async function serving() {
    const { functions } = expectStatus(await server.api.get('/api/admin/functions'), 200).body
    return (functions as readonly Listed[])
      .filter(({ problems, version }) => problems.length === 0 && version !== null)
      .map(({ name, runtime, isolation }) => ({ name, runtime, isolation }))
  }
}

interface Listed {
  readonly name: string
  readonly runtime: string
  readonly isolation: string
  readonly version: number | null
  readonly problems: readonly string[]
}

function settings(isolation: World['isolation'], engine: string | null): string {
  return [
    `functions: { isolation: ${isolation}, container: { socket: ${isolation === 'container' ? engine : null} } }`,
    'outbound: { allow: [127.0.0.1] }',
    'auth: { rate_limit: { register: 1000/minute, login: 1000/minute } }\n',
  ].join('\n')
}

/** Of all languages the same; which runtime is meant is added. */
function manifests(runtime: string, allowed: string): Readonly<Record<string, string>> {
  const text = (name: string) => readFileSync(join(FIXTURES, 'manifests', `${name}.yaml`), 'utf8')
  return Object.fromEntries(
    NAMES.map((name) => [
      `functions/${name}.yaml`,
      `runtime: ${runtime}\n${text(name).replace('${ALLOWED}', allowed)}`,
    ]),
  )
}

function filesIn(folder: string): Readonly<Record<string, string>> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    paths.map(({ parentPath, name }) => {
      const path = join(parentPath, name)
      return [join('functions', path.slice(folder.length + 1)), readFileSync(path, 'utf8')]
    }),
  )
}
