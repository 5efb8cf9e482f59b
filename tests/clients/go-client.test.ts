import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, runKoyalite, useServer } from '@koyalite/testkit'

/** The Go client beside a server, in tests that are Go themselves: goroutines, contexts, iterators, types. */
const SCENARIOS = join(import.meta.dir, 'go/scenarios')
/** The first run on a machine compiles the standard library of Go for the race detector. */
const TIMEOUT_MS = 300_000

const schema = readFileSync(join(SCENARIOS, 'schema.yaml'), 'utf8')
const settingsOf = (jwt: string) => `auth: { rate_limit: { register: 1000/minute, login: 1000/minute }${jwt} }\n`

describe.skipIf(Bun.which('go') === null)('the Go client', () => {
  const port = freePort()
  const server = useServer({ schema, settings: settingsOf(''), port })
  /** Its access tokens live for a second. */
  const impatient = useServer({ schema, settings: settingsOf(', jwt: { access_ttl: 1s }') })
  /** Restarts the first server when it is asked to. */
  let control: ReturnType<typeof Bun.serve> | undefined
  beforeAll(() => {
    control = Bun.serve({
      port: freePort(),
      async fetch() {
        await server.restart()
        return new Response()
      },
    })
  })
  afterAll(() => control?.stop(true))

  test(
    'does what the scenarios say, without a race and without a goroutine that is left',
    async () => {
      const { dir } = server.project
      const generated = await runKoyalite(['generate', '--lang', 'go', '--dir', dir])
      expect(generated).toMatchObject({ code: 0 })
      cpSync(SCENARIOS, dir, { recursive: true })
      const run = Bun.spawn(['go', 'test', '-race', '-count=1', '.'], {
        cwd: dir,
        env: {
          ...process.env,
          GOWORK: 'off',
          KOYALITE_URL: server.process.url,
          KOYALITE_SHORT_URL: impatient.process.url,
          KOYALITE_KEY: server.key,
          KOYALITE_CONTROL: control?.url.origin,
        },
        stdout: 'pipe',
        stderr: 'pipe',
      })
      const output = (await new Response(run.stdout).text()) + (await new Response(run.stderr).text())
      expect((await run.exited) === 0 ? '' : output).toBe('')
    },
    TIMEOUT_MS,
  )
})
