import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createKey,
  createProject,
  freePort,
  hasPython,
  type ServerProcess,
  startServer,
  type TempProject,
} from '@koyalite/testkit'
import { generateClients } from '../generate-clients'
import { schemaOf, TROUBLESOME, troublesomeSchema } from '../testing/troublesome-schema'
import { type PythonProject, pythonProject } from './testing/python-project'

/** The first run on a machine installs packages. */
setDefaultTimeout(300_000)

const read = (name: string) => readFileSync(join(import.meta.dir, 'testing', name), 'utf8')
const schema = read('scenario-schema.yaml')
const settings = 'auth: { rate_limit: { register: 1000/minute, login: 1000/minute, api: 100000/minute } }\n'

const projects: TempProject[] = []
const servers: ServerProcess[] = []

async function serve(files: { readonly settings: string; readonly schema?: string }): Promise<ServerProcess> {
  const project = createProject({ schema, ...files })
  projects.push(project)
  const server = await startServer(project)
  servers.push(server)
  return server
}

afterAll(async () => {
  await Promise.all(servers.map((server) => server.kill('SIGKILL')))
  for (const project of projects) project.remove()
})

describe.skipIf(!hasPython)('the client of Python, beside a server', () => {
  let environment: Readonly<Record<string, string>>
  let python: PythonProject
  beforeAll(async () => {
    python = pythonProject(
      new Map([
        ...generateClients(schemaOf(schema), ['python']),
        ...['scenarios.py', 'runtime_test.py'].map((name) => [`python/${name}`, read(name)] as const),
      ]),
    )
    const [server, short] = await Promise.all([
      serve({ settings }),
      serve({ settings: `${settings.trimEnd().slice(0, -2)}, jwt: { access_ttl: 1s } }\n` }),
    ])
    const [project] = projects
    if (project === undefined) throw new Error('no project')
    const control = Bun.serve({
      port: freePort(),
      async fetch({ url }) {
        if (url.includes('/slow/')) return new Promise<Response>(() => {})
        await server.kill('SIGTERM')
        servers.push(await startServer(project, { port: server.port }))
        return new Response()
      },
    })
    control.unref()
    environment = {
      KOYALITE_URL: server.url,
      KOYALITE_SHORT_URL: short.url,
      KOYALITE_KEY: await createKey(project),
      CONTROL_URL: control.url.origin,
    }
  })
  afterAll(() => python.remove())

  test('passes the type checker in what it is used for', () => {
    expect(python.mypy()).toBe('')
  })

  test('has parts that work without a server', async () => {
    expect(await python.run('runtime_test.py', {})).toBe('')
  })

  test('does what the scenarios say', async () => {
    expect(await python.run('scenarios.py', environment)).toBe('')
  })

  test('writes and reads every field of a schema made for trouble', async () => {
    const server = await serve({ settings, schema: TROUBLESOME })
    const project = pythonProject(
      new Map([...generateClients(troublesomeSchema(), ['python']), ['python/trouble.py', read('trouble.py')]]),
    )
    const KOYALITE_KEY = await createKey(projects.at(-1) as TempProject)
    expect(await project.run('trouble.py', { KOYALITE_URL: server.url, KOYALITE_KEY })).toBe('')
    project.remove()
  })
})
