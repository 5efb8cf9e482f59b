import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createKey,
  createProject,
  freePort,
  type ServerProcess,
  startServer,
  type TempProject,
} from '@koyalite/testkit'
import { generateClients } from '../generate-clients'
import { schemaOf } from '../testing/troublesome-schema'
import { goModule, hasGo } from './testing/go-module'

/** The first run on a machine compiles the standard library of Go for the race detector. */
setDefaultTimeout(300_000)

const SCENARIOS = join(import.meta.dir, 'testing/scenarios')
const schema = readFileSync(join(SCENARIOS, 'schema.yaml'), 'utf8')
const settings = 'auth: { rate_limit: { register: 1000/minute, login: 1000/minute, api: 100000/minute } }\n'

const projects: TempProject[] = []
const servers: ServerProcess[] = []

async function serve(options: { readonly settings: string; readonly port?: number }): Promise<ServerProcess> {
  const project = createProject({ schema, settings: options.settings })
  projects.push(project)
  const server = await startServer(project)
  servers.push(server)
  return server
}

afterAll(async () => {
  await Promise.all(servers.map((server) => server.kill('SIGKILL')))
  for (const project of projects) project.remove()
})

describe.skipIf(!hasGo)('the client of Go, beside a server', () => {
  let environment: Readonly<Record<string, string>>
  beforeAll(async () => {
    const [server, short] = await Promise.all([
      serve({ settings }),
      serve({ settings: `${settings.trimEnd().slice(0, -2)}, jwt: { access_ttl: 1s } }\n` }),
    ])
    const [project] = projects
    if (project === undefined) throw new Error('no project')
    const control = Bun.serve({
      port: freePort(),
      async fetch() {
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
      KOYALITE_CONTROL: control.url.origin,
    }
  })

  test('does what the scenarios say, without a race and without a goroutine that is left', async () => {
    const files = new Map(generateClients(schemaOf(schema), ['go']))
    for (const name of readdirSync(SCENARIOS)) files.set(name, readFileSync(join(SCENARIOS, name), 'utf8'))
    const module = goModule(files)
    const run = Bun.spawn(['go', 'test', '-race', '-count=1', '.'], {
      cwd: module.dir,
      env: { ...process.env, ...environment, GOWORK: 'off' },
      stdout: 'pipe',
      stderr: 'pipe',
    })
    const output = (await new Response(run.stdout).text()) + (await new Response(run.stderr).text())
    expect((await run.exited) === 0 ? '' : output).toBe('')
    module.remove()
  })
})
