import { beforeAll, describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { type Api, createApi, createKey, expectError, expectStatus, until, useServer } from '@koyalite/testkit'

const SCHEMA = `version: 1
collections:
  notes:
    fields:
      id: { type: uuid, primary: true, default: auto }
      title: { type: string }
      owner_id: { type: uuid, references: users.id, nullable: true, default: auth.id }
    rules: { create: "auth.id != null", read: "doc.owner_id == auth.id", update: "doc.owner_id == auth.id", delete: "false" }
`

const HELLO = `import { defineFunction, KoyaError } from '@koyalite/functions'
import { shout } from './_shared/shout'
export default defineFunction({
  config: { access: 'true' },
  input: { name: { type: 'string', required: true, maxLength: 20 } },
  output: { said: { type: 'string' } },
  handler(input, ctx) {
    console.log('greets', input.name)
    if (input.name === 'refuse') throw new KoyaError('NO_SUCH_NAME', 'nobody is called that', { status: 409, details: { name: input.name } })
    if (input.name === 'throw') throw new Error('a secret of the code')
    if (input.name === 'exit') process.exit(3)
    if (input.name === 'wrong') return { said: 1 } as never
    return { said: shout(input.name) }
  },
})
`

const FILES = {
  'functions/_shared/shout.ts': 'export const shout = (text: string) => `${text.toUpperCase()}!`\n',
  'functions/hello.ts': HELLO,
  'functions/hello.test.ts': 'throw new Error("a test is no function")\n',
  'functions/inner.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({ handler: (input, ctx) => ({ inner: true, auth: ctx.auth, depth: ctx.chain.depth }) })
`,
  'functions/outer.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true', calls: ['inner', 'outer'] },
  async handler(input: { call?: string, times?: number }, ctx) {
    return await ctx.functions.call(input.call ?? 'inner', input)
  },
})
`,
  'functions/who.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'auth.id != null' },
  async handler(input: { write?: string, admin?: boolean, wait?: number }, ctx) {
    if (input.wait) await new Promise((resolve) => setTimeout(resolve, input.wait))
    if (input.admin) return { docs: await ctx.admin.db.notes.list() }
    if (input.write) await ctx.db.notes.create({ title: input.write })
    return { auth: ctx.auth, notes: (await ctx.db.notes.list()).map((note: any) => note.title), headers: ctx.request.headers, env: Object.keys(process.env) }
  },
})
`,
  'functions/chief.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true', admin: true },
  async handler(input, ctx) {
    return { count: (await ctx.admin.db.notes.list()).length }
  },
})
`,
  'functions/slow.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true', timeout: '300ms', concurrency: 1 },
  async handler(input: { loop?: boolean }) {
    if (input.loop) for (;;);
    await new Promise(() => {})
  },
})
`,
  'functions/secret.yaml': 'access: "true"\nenv: { TOKEN: "${SECRET_TOKEN}" }\n',
  'functions/secret.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  handler(input, ctx) {
    console.log('token', ctx.env.TOKEN, Buffer.from(ctx.env.TOKEN).toString('base64'))
    return { has: ctx.env.TOKEN.length, same: process.env.TOKEN === ctx.env.TOKEN, other: process.env.OTHER_SECRET ?? null }
  },
})
`,
  'functions/hook.ts': `export const config = { access: 'true', auth: 'none', route: '/hooks/pay', methods: ['POST', 'GET'] }
export default {
  async fetch(request: Request) {
    const hasher = new Bun.CryptoHasher('sha256')
    for await (const piece of request.body ?? []) hasher.update(piece)
    const headers = new Headers({ 'content-type': 'text/html', 'koyalite-execution': 'forged', 'x-authorization': request.headers.get('authorization') ?? '' })
    headers.append('set-cookie', 'a=1')
    headers.append('set-cookie', 'b=2; Path=/')
    headers.append('set-cookie', 'koyalite_access_x=stolen')
    return new Response(\`\${request.method} \${new URL(request.url).pathname} \${hasher.digest('hex')}\`, { status: 202, headers })
  },
}
`,
  'functions/broken.ts': 'export default {\n',
  'functions/throws.ts': 'throw new Error("not today")\n',
  'functions/misnamed.txt': 'hello\n',
  '.env': 'SECRET_TOKEN=a-very-secret-token-indeed\nOTHER_SECRET=of-the-server\n',
}

const server = useServer({
  schema: SCHEMA,
  files: FILES,
  settings: 'auth: { rate_limit: { register: 1000/minute, login: 1000/minute } }\n',
})

async function signUp(email: string): Promise<Api> {
  const { body } = expectStatus(
    await server.anonymous.post('/api/auth/register', { email, password: 'correct horse battery' }),
    201,
  )
  return createApi(server.process.url, body.access_token)
}

const call = (api: Api, name: string, input: unknown = {}) => api.post(`/api/functions/${name}`, input)
const executionsOf = async (name: string) =>
  (await server.api.get(`/api/admin/functions/executions?function=${name}`)).body.executions

describe('a typed function', () => {
  test('answers with its output, and leaves an execution with its log', async () => {
    const response = expectStatus(await call(server.anonymous, 'hello', { name: 'ada' }), 200)
    expect(response.body).toEqual({ said: 'ADA!' })
    const id = response.headers.get('koyalite-execution')
    const { body } = await server.api.get(`/api/admin/functions/executions/${id}`)
    expect(body).toMatchObject({ id, function: 'hello', version: 1, status: 'ok', actor: { kind: 'anonymous' } })
    expect(body.logs.map(({ message }: { message: string }) => message)).toEqual(['greets ada'])
  })

  test('does not run for an input that is not as declared: all that is wrong is named', async () => {
    const before = (await executionsOf('hello')).length
    const response = await call(server.anonymous, 'hello', { name: 'x'.repeat(21), more: 1 })
    expectError(response, 'VALIDATION_ERROR')
    expect(response.body.error.details.map(({ field }: { field: string }) => field).sort()).toEqual(['more', 'name'])
    expectError(await call(server.anonymous, 'hello', undefined), 'VALIDATION_ERROR')
    expect((await executionsOf('hello')).length).toBe(before)
  })

  test('its own errors are its caller’s; what it throws else is not', async () => {
    const refused = await call(server.anonymous, 'hello', { name: 'refuse' })
    expect(refused.status).toBe(409)
    expect(refused.body.error).toMatchObject({
      code: 'NO_SUCH_NAME',
      message: 'nobody is called that',
      details: { name: 'refuse' },
    })
    const failed = await call(server.anonymous, 'hello', { name: 'throw' })
    expectError(failed, 'FUNCTION_ERROR')
    expect(failed.text).not.toContain('a secret of the code')
    expect(failed.body.error.details).toEqual({ executed: 'maybe' })
    const [execution] = await executionsOf('hello')
    expect(execution).toMatchObject({ status: 'error' })
    expect(execution.error.stack).toContain('functions/hello.ts')
  })

  test('a process that ends costs its call alone', async () => {
    expectError(await call(server.anonymous, 'hello', { name: 'exit' }), 'FUNCTION_CRASHED')
    expectStatus(await call(server.anonymous, 'hello', { name: 'bob' }), 200)
  })

  test('an output that is not as declared is not sent', async () => {
    const response = await call(server.anonymous, 'hello', { name: 'wrong' })
    expectError(response, 'FUNCTION_OUTPUT_INVALID')
  })

  test('what takes too long ends, also where it never gives way', async () => {
    for (const input of [{}, { loop: true }]) {
      const started = performance.now()
      expectError(await call(server.anonymous, 'slow', input), 'FUNCTION_TIMEOUT')
      expect(performance.now() - started).toBeLessThan(5_000)
    }
  })
})

describe('who may call', () => {
  test('without access a function does not exist for the world', async () => {
    const user = await signUp('inner@example.com')
    for (const api of [server.anonymous, user]) {
      expectError(await call(api, 'inner'), 'FUNCTION_NOT_FOUND')
      expectError(await call(api, 'nobody'), 'FUNCTION_NOT_FOUND')
    }
    const data = createApi(server.process.url, await createKey(server.project, 'data:read'))
    expectError(await call(data, 'inner'), 'FUNCTION_NOT_FOUND')
    expectStatus(await call(server.api, 'inner'), 200)
    const key = createApi(server.process.url, await createKey(server.project, 'functions:invoke'))
    expect(expectStatus(await call(key, 'inner'), 200).body.auth).toMatchObject({ kind: 'service' })
    const limited = createApi(server.process.url, await createKey(server.project, 'functions:invoke=secret,chief'))
    expectError(await call(limited, 'inner'), 'FUNCTION_NOT_FOUND')
    expectStatus(await call(limited, 'secret@1'), 200)
    // One with the server's rights takes a key that names it.
    expectError(await call(key, 'chief@1'), 'FUNCTION_NOT_FOUND')
    expectStatus(await call(limited, 'chief@1'), 200)
  })

  test('access is asked of whoever calls', async () => {
    expectError(await call(server.anonymous, 'who'), 'UNAUTHENTICATED')
    expectStatus(await call(await signUp('who@example.com'), 'who'), 200)
  })

  test('a version by its number is for those who may call everything', async () => {
    expectError(await call(server.anonymous, 'hello@1', { name: 'a' }), 'FUNCTION_NOT_FOUND')
    expectStatus(await call(server.api, 'hello@1', { name: 'a' }), 200)
    expectError(await call(server.api, 'hello@9', { name: 'a' }), 'FUNCTION_NOT_FOUND')
  })

  test('a function calls those of its manifest, for the same caller, and never in a circle without end', async () => {
    const user = await signUp('outer@example.com')
    const { body } = expectStatus(await call(user, 'outer'), 200)
    expect(body).toMatchObject({ inner: true, auth: { kind: 'user', email: 'outer@example.com' }, depth: 1 })
    const other = await call(user, 'outer', { call: 'chief' })
    expect([other.status, other.body.error.code]).toEqual([500, 'FUNCTION_ERROR'])
    expect(other.text).not.toContain('manifest')
    const circle = await call(user, 'outer', { call: 'outer' })
    expect(circle.status).toBeGreaterThanOrEqual(500)
    const depths = (await executionsOf('outer')).filter(
      ({ error }: { error: { code: string } | null }) => error?.code === 'CHAIN_TOO_DEEP',
    )
    expect(depths.length).toBe(1)
  })
})

describe('what code may do', () => {
  test('ctx.db has the rights of the caller, whatever the code wants', async () => {
    const [ada, bob] = [await signUp('ada@example.com'), await signUp('bob@example.com')]
    expect(expectStatus(await call(ada, 'who', { write: 'mine' }), 200).body.notes).toEqual(['mine'])
    expect(expectStatus(await call(bob, 'who'), 200).body.notes).toEqual([])
  })

  test('ctx.admin is for manifests that say so, and is audited', async () => {
    const ada = await signUp('admin@example.com')
    const refused = await call(ada, 'who', { admin: true })
    expect(refused.status).toBe(500)
    expect(expectStatus(await call(server.anonymous, 'chief'), 200).body.count).toBeGreaterThan(0)
    const { body } = await server.api.get('/api/admin/audit?event=function.admin_request')
    expect(body.entries[0]).toMatchObject({ actor: { kind: 'system', name: 'chief' } })
  })

  test('credentials and the server’s environment are out of its reach', async () => {
    const ada = await signUp('reach@example.com')
    const { body } = expectStatus(
      await ada.post(
        '/api/functions/who',
        {},
        { cookie: 'koyalite_access_abc=secret; theme=dark', 'koyalite-as': 'x' },
      ),
      200,
    )
    expect(body.headers.authorization).toBeUndefined()
    expect(body.headers.cookie).toBe('theme=dark')
    expect(body.headers['koyalite-as']).toBeUndefined()
    expect(body.env.filter((name: string) => /SECRET|TOKEN/.test(name))).toEqual([])
  })

  test('it sees the environment of its manifest, which its log does not show', async () => {
    const response = expectStatus(await call(server.anonymous, 'secret'), 200)
    expect(response.body).toEqual({ has: 26, same: true, other: null })
    const [{ logs }] = await executionsOf('secret')
    expect(JSON.stringify(logs)).not.toContain('a-very-secret')
    expect(JSON.stringify(logs)).not.toContain(
      Buffer.from('a-very-secret-token-indeed').toString('base64').replace(/=+$/, ''),
    )
    expect(logs[0].message).toStartWith('token ***')
  })

  test('a caller who is blocked while the call runs is nobody from then on', async () => {
    const api = await signUp('blocked@example.com')
    const me = expectStatus(await api.get('/api/auth/me'), 200).body
    const running = call(api, 'who', { wait: 1_000, write: 'too late' })
    await Bun.sleep(300)
    expectStatus(await server.api.post(`/api/admin/users/${me.id}/block`), 200)
    expectError(await running, 'UNAUTHENTICATED')
    const { body } = await server.api.list('notes', { filter: 'title:eq:too late' })
    expect(body.docs).toEqual([])
  })
})

describe('a raw function', () => {
  test('sees the bytes as they were sent, and answers by itself', async () => {
    const bytes = new Uint8Array([0xef, 0xbb, 0xbf, 0x0d, 0x0a, 0xff, 0x00, ...new TextEncoder().encode('1.0')])
    for (const path of ['/hooks/pay', '/hooks/pay/sub', '/api/functions/hook']) {
      const response = await server.anonymous.request('POST', path, {
        raw: bytes,
        headers: { authorization: 'Bearer of-somebody-else' },
      })
      expect(response.status).toBe(202)
      expect(response.text).toBe(`POST ${path} ${createHash('sha256').update(bytes).digest('hex')}`)
      // The header belongs to another service: `auth: none` passes it on.
      expect(response.headers.get('x-authorization')).toBe('Bearer of-somebody-else')
      expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2; Path=/'])
      expect(response.headers.get('content-security-policy')).toBe('sandbox')
      expect(response.headers.get('koyalite-execution')).not.toBe('forged')
    }
    expect((await server.anonymous.request('PUT', '/hooks/pay')).status).toBe(405)
    const head = await server.anonymous.head('/hooks/pay')
    expect([head.status, head.text]).toEqual([202, ''])
  })
})

describe('the folder', () => {
  let listed: { functions: { name: string; problems: string[]; version: number | null }[]; others: { file: string }[] }
  beforeAll(async () => {
    listed = expectStatus(await server.api.get('/api/admin/functions'), 200).body
  })
  const problemsOf = (name: string) => listed.functions.find((one) => one.name === name)?.problems.join('\n')

  test('everything in it is listed, with what it is or why it is none', () => {
    expect(problemsOf('hello')).toBe('')
    expect(problemsOf('broken')).toContain('functions/broken.ts:')
    expect(problemsOf('throws')).toContain('not today')
    const others = listed.others.map(({ file }) => file)
    for (const file of ['functions/_shared', 'functions/hello.test.ts', 'functions/misnamed.txt'])
      expect(others).toContain(file)
  })

  test('a version that served serves again, until the file changes; a restart changes nothing', async () => {
    const file = server.project.path('functions/hello.ts')
    const versions = async () => (await server.api.get('/api/admin/functions/hello')).body
    writeFileSync(file, HELLO.replace('said: shout(input.name)', 'said: `second ${input.name}`'))
    await server.restart()
    await until(async () => (await versions()).version === 2)
    expect((await call(server.anonymous, 'hello', { name: 'a' })).body).toEqual({ said: 'second a' })
    expectStatus(await server.api.post('/api/admin/functions/hello/serve', { version: 1 }), 200)
    expect((await call(server.anonymous, 'hello', { name: 'a' })).body).toEqual({ said: 'A!' })
    await server.restart('SIGKILL')
    await until(async () => (await versions()).version === 1)
    expectError(await server.api.post('/api/admin/functions/hello/serve', { version: 7 }), 'NOT_FOUND')
    expect((await versions()).versions.map(({ version }: { version: number }) => version)).toEqual([2, 1])
    const data = createApi(server.process.url, await createKey(server.project, 'data:write'))
    expectError(await data.post('/api/admin/functions/hello/serve', { version: 2 }), 'FORBIDDEN')
  })
})
