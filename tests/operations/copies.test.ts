import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import {
  createApi,
  createKey,
  createProject,
  expectError,
  expectStatus,
  runKoyalite,
  type ServerProcess,
  startServer,
  type TempProject,
  useProjects,
} from '@koyalite/testkit'

setDefaultTimeout(120_000)

const SCHEMA = `
version: 1
collections:
  notes:
    fields: { id: { type: int, primary: true, default: auto }, text: { type: string } }
    rules: { read: "auth.id != null", create: "auth.id != null" }
`
const SECRET = 'one secret for every project, 32 characters'
const SETTINGS = `auth: { jwt: { secret: "${SECRET}" }, rate_limit: { login: 1000/minute, register: 1000/minute } }\n`
const PASSWORD = 'correct horse battery'
const ANN = { email: 'ann@example.com', password: PASSWORD }

const { create, serve } = useProjects({ schema: SCHEMA, settings: SETTINGS })

interface Credentials {
  readonly access: string
  readonly refresh: string
  readonly key: string
  readonly link: string
}

interface Original {
  readonly of: TempProject
  readonly credentials: Credentials
}

/** Two installations with somebody in each, stopped again. */
const installed: Original[] = []
beforeAll(async () => {
  installed.push(await install(), await install())
})
afterAll(() => {
  for (const { of } of installed) of.remove()
})

async function install(): Promise<Original> {
  const of = createProject({ schema: SCHEMA, settings: SETTINGS })
  const server = await startServer(of)
  const key = await createKey(of)
  const { access_token, refresh_token } = expectStatus(
    await createApi(server.url).post('/api/auth/register', ANN),
    201,
  ).body
  // Made by the command line: the link is shown instead of mailed.
  const made = await runKoyalite(['admin', 'create', 'op@example.com', '--dir', of.dir])
  const link = /token=([\w-]+)/.exec(made.stdout + made.stderr)?.[1] ?? ''
  expect(link).not.toBe('')
  await server.kill('SIGTERM')
  return { of, credentials: { access: access_token, refresh: refresh_token, key, link } }
}

/** One of the installations: a copy of its whole folder is still the same one. */
function original(which = 0): Original {
  const one = installed[which] as Original
  const of = create()
  cpSync(one.of.dir, of.dir, { recursive: true })
  return { of, credentials: one.credentials }
}

const signInHere = (server: ServerProcess) => createApi(server.url).post('/api/auth/login', ANN)

/** Which of them still open something. */
async function opened(server: ServerProcess, { access, refresh, key, link }: Credentials): Promise<string[]> {
  const api = createApi(server.url)
  const responses = {
    access: await createApi(server.url, access).get('/api/auth/me'),
    key: await createApi(server.url, key).get('/api/admin/roles'),
    refresh: await api.post('/api/auth/refresh', { refresh_token: refresh }),
    link: await api.post('/api/admin/password', { token: link, password: PASSWORD }),
  }
  return Object.entries(responses)
    .filter(([, { status }]) => status === 200)
    .map(([name]) => name)
}

const instanceOf = (of: TempProject) =>
  (JSON.parse(readFileSync(of.path('data/keys/instance.json'), 'utf8')) as { keys: { id: string }[] }).keys[0]?.id
const EVERYTHING = ['access', 'key', 'refresh', 'link']

describe('a copy of the database', () => {
  test('is an installation of its own: nothing of the original opens it, and nothing of it the original', async () => {
    const { of, credentials } = original()
    const copy = create()
    mkdirSync(copy.path('data'), { recursive: true })
    for (const suffix of ['', '-wal']) {
      const file = of.path(`data/koyalite.db${suffix}`)
      if (existsSync(file)) cpSync(file, copy.path(`data/koyalite.db${suffix}`))
    }
    holdMail(copy)
    const there = await serve(copy)
    expect(await opened(there, credentials)).toEqual([])
    expect(instanceOf(copy)).not.toBe(instanceOf(of))
    const token = expectStatus(await signInHere(there), 200).body.access_token
    const here = await serve(of)
    expectError(await createApi(here.url, token).get('/api/auth/me'), 'UNAUTHENTICATED')
    expect(await opened(here, credentials)).toEqual(EVERYTHING)

    const key = await createKey(copy)
    const { mails } = expectStatus(await createApi(there.url, key).get('/api/admin/mail'), 200).body
    const waiting = (mails as { id: string }[]).find(({ id }) => id === '0-waiting')
    expect(waiting).toMatchObject({ status: 'held', next_attempt_at: null, attempts: 0 })
    const doctor = await runKoyalite(['doctor', '--dir', copy.dir])
    expect(doctor.stdout).toMatch(/copy of another project.*1 emails that were pending[\s\S]*jobs release --copied/)
    const release = () => runKoyalite(['jobs', 'release', '--copied', '--yes', '--json', '--dir', copy.dir])
    expect(JSON.parse((await release()).stdout)).toEqual({ released: 0, mails: 1 })
    expect(JSON.parse((await release()).stdout)).toEqual({ released: 0, mails: 0 })
    // Once: at its next start it is what it is.
    const again = expectStatus(await signInHere(there), 200).body
    await there.kill('SIGTERM')
    const later = await serve(copy)
    expectStatus(await createApi(later.url, again.access_token).get('/api/auth/me'), 200)
    expectStatus(await createApi(later.url, key).get('/api/admin/roles'), 200)
  })

  test('in the place of another project, with the keys of that one, is one too', async () => {
    const { of, credentials } = original()
    const other = original(1)
    const before = instanceOf(other.of)
    for (const suffix of ['', '-wal', '-shm']) rmSync(other.of.path(`data/koyalite.db${suffix}`), { force: true })
    cpSync(of.path('data/koyalite.db'), other.of.path('data/koyalite.db'))
    const server = await serve(other.of)
    expect(await opened(server, credentials)).toEqual([])
    expect(await opened(server, other.credentials)).toEqual([])
    expect([before, instanceOf(of)]).not.toContain(instanceOf(other.of))
    expectStatus(await signInHere(server), 200)
  })
})

/** A mail that waits, as a killed server leaves it. */
function holdMail({ path }: TempProject, due = 0): void {
  const database = new Database(path('data/koyalite.db'))
  database.run(
    `INSERT INTO "_koyalite_mails" ("id", "template", "recipient", "subject", "text", "html", "status", "next_at", "created_at")
      VALUES ('0-waiting', 'password_changed', 'ann@example.com', 'x', 'x', 'x', 'queued', ?, 0)`,
    [due],
  )
  database.close()
}

describe('a backup', () => {
  const backup = async (of: TempProject, to: string) => {
    expect((await runKoyalite(['db', 'backup', '--to', to, '--dir', of.dir])).code).toBe(0)
  }
  const restore = (of: TempProject, from: string, ...more: string[]) =>
    runKoyalite(['db', 'restore', from, '--yes', '--dir', of.dir, ...more])

  test.each(['backup', 'backup.tar', 'backup.db'])(
    '(%s) restored in place keeps id, keys and sessions',
    async (name) => {
      const { of, credentials } = original()
      await backup(of, of.path(name))
      const before = instanceOf(of)
      expect((await restore(of, of.path(name))).code).toBe(0)
      const server = await serve(of)
      expect(instanceOf(of)).toBe(before)
      expect(await opened(server, credentials)).toEqual(EVERYTHING)
    },
  )

  test('restored in place holds the mails that waited in it, and no others', async () => {
    const { of } = original()
    // Commands send what is due as well.
    holdMail(of, Date.now() + 3_600_000)
    await backup(of, of.path('backup'))
    expect((await restore(of, of.path('backup'))).code).toBe(0)
    for (let start = 0; start < 2; start++) {
      const server = await serve(of)
      const api = createApi(server.url, await createKey(of))
      await createApi(server.url).post('/api/auth/magic-link', { email: ANN.email })
      const { mails } = expectStatus(await api.get('/api/admin/mail'), 200).body
      const statusOf = (wanted: (mail: { id: string; template: string }) => boolean) =>
        (mails as { id: string; template: string; status: string }[]).find(wanted)?.status
      expect(statusOf(({ id }) => id === '0-waiting')).toBe('held')
      expect(statusOf(({ template }) => template === 'magic_link')).not.toBe('held')
      const doctor = await runKoyalite(['doctor', '--dir', of.dir])
      expect(doctor.stdout).toContain('1 pending emails in it are held')
      expect(doctor.stdout).toContain('jobs release --copied')
      await server.kill('SIGTERM')
    }
  })

  test.each(['backup', 'backup.tar', 'backup.db'])('(%s) restored in another project is a copy', async (name) => {
    const { of, credentials } = original()
    await backup(of, of.path(name))
    const copy = create()
    const restored = await restore(copy, of.path(name))
    expect(restored.code).toBe(0)
    if (name !== 'backup.db') expect(restored.stderr).toContain('--recover')
    const server = await serve(copy)
    expect(await opened(server, credentials)).toEqual([])
    expect(instanceOf(copy)).not.toBe(instanceOf(of))
    expectStatus(await signInHere(server), 200)
  })

  test.each(['backup', 'backup.tar'])(
    '(%s) restored in the place of the original, which is lost, goes on as it',
    async (name) => {
      const { of, credentials } = original()
      await backup(of, of.path(name))
      const before = instanceOf(of)
      rmSync(of.path('data'), { recursive: true })
      expect((await restore(of, of.path(name), '--recover')).code).toBe(0)
      const server = await serve(of)
      expect(instanceOf(of)).toBe(before)
      expect(await opened(server, credentials)).toEqual(EVERYTHING)
    },
  )
})

test('a project of before there were ids keeps its sessions and keys', async () => {
  const { of, credentials } = original()
  rmSync(of.path('data/keys/instance.json'))
  removeInstanceId(of)
  const server = await serve(of)
  // Tokens name the new id: those that live are renewed.
  expect(await opened(server, credentials)).toEqual(['key', 'refresh', 'link'])
  expect(instanceOf(of)).toMatch(/^[0-9a-f-]{36}$/)
})

test('its database alone, without its keys, is a copy', async () => {
  const { of, credentials } = original()
  rmSync(of.path('data/keys'), { recursive: true })
  removeInstanceId(of)
  expect(await opened(await serve(of), credentials)).toEqual([])
})

function removeInstanceId({ path }: TempProject): void {
  const database = new Database(path('data/koyalite.db'))
  database.run(`DELETE FROM "_koyalite_meta" WHERE "key" = 'instance'`)
  database.close()
}

test('documented: a copy of the whole folder becomes another by removing its id', async () => {
  const { of, credentials } = original()
  const copy = create()
  rmSync(copy.dir, { recursive: true })
  cpSync(of.dir, copy.dir, { recursive: true })
  rmSync(copy.path('data/keys/instance.json'))
  expect(await opened(await serve(copy), credentials)).toEqual([])
})
