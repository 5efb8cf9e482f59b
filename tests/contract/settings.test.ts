import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import {
  type CommandOptions,
  createProject,
  freePort,
  type ProjectFiles,
  runKoyalite,
  startServer,
  type TempProject,
} from '@koyalite/testkit'
import { NOTES } from '../fixtures/schemas'

setDefaultTimeout(60_000)
const projects: TempProject[] = []
afterAll(() => {
  for (const project of projects) project.remove()
})

function project(content: ProjectFiles): TempProject {
  const made = createProject({ schema: NOTES, ...content })
  projects.push(made)
  return made
}

/** The header `x-from` that a server answers with: set by settings, so it shows which of them won. */
async function headerOf(content: ProjectFiles, env: CommandOptions['env'] = {}): Promise<string | null> {
  const server = await startServer(project(content), { env })
  try {
    return (await fetch(`${server.url}/health`)).headers.get('x-from')
  } finally {
    await server.kill('SIGKILL')
  }
}
const from = (value: string) => `server: { headers: { X-From: "${value}" } }\n`

describe('where settings come from', () => {
  test('koyalite.yaml', async () => expect(await headerOf({ settings: from('file') })).toBe('file'))

  test('the overlay of the current environment wins over it, and no other overlay does', async () => {
    const files = { 'koyalite.staging.yaml': from('staging'), 'koyalite.production.yaml': from('production') }
    expect(await headerOf({ settings: from('file'), files }, { KOYALITE_ENV: 'staging' })).toBe('staging')
    expect(await headerOf({ settings: from('file'), files }, { KOYALITE_ENV: 'production' })).toBe('production')
  })

  test('${VAR} and ${VAR:-default} are expanded', async () => {
    expect(await headerOf({ settings: from('a ${ONE} ${TWO:-two}') }, { ONE: 'one', TWO: undefined })).toBe('a one two')
    expect(await headerOf({ settings: from('${ONE:-two}') }, { ONE: 'one' })).toBe('one')
  })

  test('also from .env and .env.<env>; the process wins over both', async () => {
    const files = { '.env': 'ONE=file\nTWO="quoted # not a comment"\n# comment\n', '.env.staging': 'ONE=overlay\n' }
    expect(await headerOf({ settings: from('${ONE} ${TWO}'), files })).toBe('file quoted # not a comment')
    expect(await headerOf({ settings: from('${ONE}'), files }, { KOYALITE_ENV: 'staging' })).toBe('overlay')
    expect(await headerOf({ settings: from('${ONE}'), files }, { ONE: 'process' })).toBe('process')
  })

  test('KOYALITE_<PATH> overrides every key: the port', async () => {
    const port = freePort()
    const server = await startServer(project({ settings: 'server: { port: 1 }\n' }), {
      port,
      portArgument: 'settings',
      env: { KOYALITE_SERVER_PORT: String(port) },
    })
    await server.kill('SIGKILL')
  })

  test('KOYALITE_<PATH> overrides every key: a name with an underscore, and a size', async () => {
    const server = await startServer(project({}), { env: { KOYALITE_SERVER_MAX_BODY: '1kb' } })
    try {
      const response = await fetch(`${server.url}/api/collections/notes`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text: 'x'.repeat(2000) }),
      })
      expect(response.status).toBe(413)
    } finally {
      await server.kill('SIGKILL')
    }
  })

  test('the port of the settings is used, and --port wins over it', async () => {
    const port = freePort()
    const made = project({ settings: `server: { port: ${port} }\n` })
    await (await startServer(made, { port, portArgument: 'settings' })).kill('SIGKILL')
    await (await startServer(made, { port: freePort() })).kill('SIGKILL')
  })

  test('the database is where database.path says', async () => {
    const made = project({ settings: 'database: { path: elsewhere/app.db }\n' })
    await (await startServer(made)).kill('SIGTERM')
    expect(await Bun.file(made.path('elsewhere/app.db')).exists()).toBe(true)
    expect(await Bun.file(made.path('data/koyalite.db')).exists()).toBe(false)
  })

  test('a project without koyalite.yaml has the defaults', async () => expect(await headerOf({})).toBeNull())
})

describe('invalid settings are refused with file, line and suggestion', () => {
  const REFUSED: readonly (readonly [name: string, settings: string, line: number, says: readonly string[]])[] = [
    ['an unknown key', 'name: x\nservr: { port: 1 }\n', 2, ["'servr'", "'server'"]],
    ['an unknown key inside', 'server:\n  prt: 8090\n', 2, ["prt'", "'port'"]],
    ['a port that is none', 'server:\n  port: many\n', 2, ['port']],
    ['a port out of range', 'server:\n  port: 70000\n', 2, ['port']],
    ['a size that is none', 'server:\n  max_body: 10 bananas\n', 2, ['max_body']],
    ['a duration that is none', 'server:\n  query_timeout: soon\n', 2, ['query_timeout']],
    ['a rate that is none', 'auth:\n  rate_limit: { login: fast }\n', 2, ['login']],
    ['an unknown durability', 'database:\n  durability: ful\n', 2, ['full']],
    ['a secret too short', 'auth:\n  jwt: { secret: hunter2 }\n', 2, ['secret']],
    [
      'a page that leads to a stranger',
      'auth:\n  pages: { after_verify: https://evil.example.com }\n',
      2,
      ['auth.pages.after_verify', 'server.cors.origins'],
    ],
    ['broken YAML', 'server: { port: 1\n', 2, []],
  ]
  for (const [name, settings, line, says] of REFUSED) {
    test(name, async () => {
      const { code, stderr } = await runKoyalite(['start', '--dir', project({ settings }).dir])
      expect(code).toBe(1)
      expect(stderr).toMatch(new RegExp(`koyalite\\.yaml:${line}\\b`))
      for (const text of says) expect(stderr).toContain(text)
      expect(stderr).not.toContain('hunter2')
      expect(stderr).not.toMatch(/\bat .*\.ts:\d+/)
    })
  }

  test('in an overlay, which is named', async () => {
    const made = project({ files: { 'koyalite.staging.yaml': 'server:\n  hots: x\n' } })
    const { code, stderr } = await runKoyalite(['start', '--dir', made.dir], { env: { KOYALITE_ENV: 'staging' } })
    expect(code).toBe(1)
    expect(stderr).toContain('koyalite.staging.yaml:2')
    expect(stderr).toContain("'host'")
  })

  test('an unset variable', async () => {
    const { code, stderr } = await runKoyalite([
      'start',
      '--dir',
      project({ settings: from('${NOT_SET_ANYWHERE}') }).dir,
    ])
    expect(code).toBe(1)
    expect(stderr).toContain('NOT_SET_ANYWHERE')
  })

  test('an override from the environment', async () => {
    const { code, stderr } = await runKoyalite(['start', '--dir', project({}).dir], {
      env: { KOYALITE_SERVER_PORT: 'many' },
    })
    expect(code).toBe(1)
    expect(stderr).toContain('KOYALITE_SERVER_PORT')
  })

  test('an unknown environment', async () => {
    const { code, stderr } = await runKoyalite(['start', '--dir', project({}).dir], {
      env: { KOYALITE_ENV: 'prodution' },
    })
    expect(code).toBe(1)
    expect(stderr).toContain('production')
  })
})
