import { describe, expect, test } from 'bun:test'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createApi, expectStatus, useServer } from '@koyalite/testkit'
import { createOperators } from '../fixtures/operators'
import { BLOG } from '../fixtures/schemas'

const KOYALITE_YAML = `# The blog of the example.
name: blog   # shown in mails

server:
  max_body: 2mb   # pictures are small
auth:
  rate_limit: { login: 7/minute }
`
const server = useServer({
  schema: BLOG,
  files: { 'koyalite.yaml': KOYALITE_YAML },
  env: { KOYALITE_LOGS_KEEP: '3d' },
})
const path = '/api/admin/settings'
const file = (name: string) => readFileSync(server.project.path(name), 'utf8')
const change = (set: Readonly<Record<string, unknown>>, dry_run = false) => server.api.patch(path, { set, dry_run })

interface Option {
  readonly path: string
  readonly value: unknown
  readonly fixed: string | null
  readonly waiting: boolean
  readonly origin: { readonly kind: string; readonly file: string | null; readonly line: number | null }
}

async function option(name: string): Promise<Option> {
  const { options } = expectStatus(await server.api.get(path), 200).body
  const found = options.find((one: Option) => one.path === name)
  if (found === undefined) throw new Error(`${name} is not listed`)
  return found
}

describe('settings', () => {
  test('say what they are, and where that was set', async () => {
    expect(await option('server.max_body')).toMatchObject({ value: '2mb', origin: { kind: 'file', line: 5 } })
    expect(await option('auth.rate_limit.login')).toMatchObject({ value: '7/minute', fixed: null })
    expect(await option('auth.rate_limit.register')).toMatchObject({ value: '3/minute', origin: { kind: 'default' } })
    const { fixed, origin } = await option('logs.keep')
    expect([fixed, origin.kind]).toEqual([expect.stringContaining('KOYALITE_LOGS_KEEP'), 'variable'])
    expect((await option('server.port')).fixed).toContain('--port')
  })

  test('are changed where they stand, and apply at once; everything else of the file stays as it is', async () => {
    const body = expectStatus(await change({ 'server.max_body': '1kb', 'auth.password.min_length': 12 }), 200).body
    expect(body).toEqual({ files: ['koyalite.yaml'], restart: [] })
    const text = file('koyalite.yaml')
    expect(text).toContain('max_body: 1kb   # pictures are small')
    expect(text).toStartWith('# The blog of the example.\nname: blog   # shown in mails\n')
    expectStatus(await server.api.post('/api/collections/posts', { title: 'x'.repeat(2000) }), 413)
    const short = await server.anonymous.post('/api/auth/register', { email: 'a@example.com', password: 'elevenchars' })
    expectStatus(short, 422)
    // Both as they were.
    expectStatus(await change({ 'server.max_body': '2mb', 'auth.password.min_length': null }), 200)
    expect((await option('auth.password.min_length')).value).toBe(8)
    const audit = expectStatus(await server.api.get('/api/admin/audit?event=settings.changed'), 200).body.entries
    expect(audit[1].details.changes).toContainEqual({ option: 'server.max_body', from: '2mb', to: '1kb' })
  })

  test('secrets go to .env, for its owner only, and are never shown', async () => {
    const secret = 'smtp://user:pa ss@mail.example.com'
    expectStatus(await change({ 'email.url': secret }), 200)
    expect(file('.env')).toContain(secret)
    expect(statSync(server.project.path('.env')).mode & 0o077).toBe(0)
    expect(file('koyalite.yaml')).not.toContain('smtp')
    const text = (await server.api.get(path)).text + (await server.api.get('/api/admin/audit')).text
    expect(text).not.toContain('pa ss')
    expect((await option('email.url')).origin).toMatchObject({ kind: 'variable', file: '.env' })
    expectStatus(await change({ 'email.url': null }), 200)
    expect(file('.env')).not.toContain('EMAIL_URL')
  })

  test('what needs another start waits for it, and is said', async () => {
    const { restart } = expectStatus(await change({ 'server.max_connections': 500 }), 200).body
    expect(restart).toEqual(['server.max_connections'])
    expect(await option('server.max_connections')).toMatchObject({ value: 500, waiting: true })
    expectStatus(await change({ 'server.max_connections': null }), 200)
    expect((await option('server.max_connections')).waiting).toBe(false)
  })

  test.each([
    [{ 'server.max_body': 'much' }, 'server.max_body'],
    [{ 'server.prot': 1 }, 'server.prot'],
    [{ 'logs.keep': '9d' }, 'logs.keep'],
    [{ 'database.encryption_key': 'x'.repeat(40) }, 'database.encryption_key'],
    [{ 'database.path': '/tmp/other.db' }, 'database.path'],
    [{ 'email.transport': 'smtp' }, 'email.transport'],
    [{ 'auth.rate_limit.login': 'often', 'server.max_body': '3mb' }, 'auth.rate_limit.login'],
  ])('%j is refused, and nothing is written', async (set, field) => {
    const before = file('koyalite.yaml')
    const { error } = expectStatus(await change(set), 422).body
    expect(error.details.map((one: { readonly field: string }) => one.field)).toContain(field)
    expect(file('koyalite.yaml')).toBe(before)
    expect((await option('server.max_body')).value).toBe('2mb')
  })

  test('a dry run writes nothing', async () => {
    const before = file('koyalite.yaml')
    expect(expectStatus(await change({ 'server.max_body': '9mb' }, true), 200).body.files).toEqual(['koyalite.yaml'])
    expect(file('koyalite.yaml')).toBe(before)
  })

  test('a file with mistakes is not edited: they are named', async () => {
    const before = file('koyalite.yaml')
    writeFileSync(server.project.path('koyalite.yaml'), `${before}\nsurver: {}\n`)
    expect((await server.api.get(path)).body.problems.join()).toContain('surver')
    expectStatus(await change({ 'server.max_body': '9mb' }), 409)
    writeFileSync(server.project.path('koyalite.yaml'), before)
  })

  test('viewers read them; editors, and nobody else, change none', async () => {
    const [, editor, viewer] = await createOperators(server, 'editor', 'viewer')
    for (const operator of [editor, viewer]) {
      expectStatus((await operator?.api.get(path)) ?? (await server.anonymous.get(path)), 200)
      expectStatus((await operator?.api.patch(path, { set: {} })) ?? (await server.anonymous.get(path)), 403)
    }
    expectStatus(await createApi(server.process.url).get(path), 401)
    expect(existsSync(server.project.path('koyalite.yaml.part'))).toBe(false)
  })
})
