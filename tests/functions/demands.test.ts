import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createApi, createKey, expectError, expectStatus, until, useServer } from '@koyalite/testkit'

/** What builders of comparable systems reported as broken: bad neighbours, lost streams, missing headers, dead workers. */

const SCHEMA = `version: 1
collections:
  marks:
    fields: { id: { type: uuid, primary: true, default: auto }, text: { type: string } }
    rules: { create: "true", read: "true", update: "false", delete: "false" }
`

const typed = (config: string, body: string) =>
  `import { defineFunction, KoyaError } from '@koyalite/functions'
export default defineFunction({ config: { ${config} }, async handler(input: any, ctx) { ${body} } })
`

const FILES = {
  'functions/hello.ts': typed("access: 'true'", 'return { pid: process.pid, said: input.name ?? null }'),
  'functions/members.ts': typed("access: 'auth.id != null'", 'return 1'),
  'functions/strict.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({ config: { access: 'true', max_body: '1kb', rate: '2/minute' }, input: { n: { type: 'int', required: true } }, handler: ({ n }) => n })
`,
  'functions/stream.ts': `export const config = { access: 'true', timeout: '700ms' }
export default { fetch: () => new Response(new ReadableStream({
  async start(controller) {
    for (let i = 0; i < 20; i++) { controller.enqueue(new TextEncoder().encode(i + ' ')); await Bun.sleep(100) }
    controller.close()
  },
})) }
`,
  'functions/cut.ts': `export const config = { access: 'true', stream_timeout: '500ms' }
export default { fetch: () => new Response(new ReadableStream({
  async pull(controller) { controller.enqueue(new TextEncoder().encode('more ')); await Bun.sleep(50) },
})) }
`,
  'functions/breaks.ts': `export const config = { access: 'true' }
export default { fetch: (request: Request) => new Response(new ReadableStream({
  async pull(controller) {
    controller.enqueue(new TextEncoder().encode('some'))
    await Bun.sleep(50)
    if (request.url.endsWith('exit')) process.exit(1)
    throw new Error('no more')
  },
})) }
`,
  'functions/own.ts': `export const config = { access: 'true', cors: 'own', methods: ['GET', 'OPTIONS'] }
export default { fetch: (request: Request) => new Response(request.method, { headers: { 'access-control-allow-origin': 'https://only.example.com' } }) }
`,
  'functions/late.ts': typed(
    "access: 'true', timeout: '300ms', concurrency: 1",
    'for (let i = 0; ; i++) { await ctx.db.marks.create({ text: `${input.name} ${i}` }).catch(() => {}); await Bun.sleep(20) }',
  ),
  'functions/throws.ts': typed("access: 'true'", 'throw new Error("inside")'),
  'functions/exits.ts': typed("access: 'true'", 'process.exit(1)'),
  'functions/talks.ts': typed("access: 'true'", 'console.log("x".repeat(1_000_000)); return "said"'),
  'functions/asleep.ts': typed("access: 'true', timeout: '1m'", 'await Bun.sleep(60_000)'),
  'functions/env.ts': typed('', 'return { env: ctx.env, all: Object.keys(process.env) }'),
  'functions/env.yaml': 'access: "true"\nenv: { SEEN: "${SEEN}" }\nbuild_env: { BUILD_TOKEN: "${SEEN}" }\n',
  'functions/unset.ts': typed('', 'return 1'),
  'functions/unset.yaml': 'access: "true"\nenv: { KEY: "${NOWHERE_SET}" }\n',
  'functions/long.ts': typed('', 'return 1'),
  'functions/long.yaml': 'access: "true"\ntimeout: 60d\n',
  '.env': 'SEEN=a-value-of-the-manifest\nUNSEEN=a-value-of-the-server\n',
}

const server = useServer({
  schema: SCHEMA,
  files: FILES,
  settings: 'server: { cors: { origins: [https://app.example.com] } }\n',
})
const url = (path: string) => server.process.url + path
const call = (name: string, input: unknown = {}) => server.anonymous.post(`/api/functions/${name}`, input)
const executionsOf = async (name: string) =>
  (await server.api.get(`/api/admin/functions/executions?function=${name}`)).body.executions

test('an instance that dies between two calls costs none of them', async () => {
  for (let round = 0; round < 10; round++) {
    expectStatus(await call('hello'), 200)
    const pids = instancesOf('hello')
    for (const pid of pids) kill(pid)
    await until(() => pids.every(hasEnded))
  }
  expectStatus(await call('hello'), 200)
})

describe('a stream', () => {
  test('has its time-out until its first byte, and then as long as it takes', async () => {
    const response = await fetch(url('/api/functions/stream'))
    expect((await response.text()).trim().split(' ')).toHaveLength(20)
  })

  test('that is cut by its own limit says so in its log', async () => {
    const response = await fetch(url('/api/functions/cut'))
    await response.text().catch(() => '')
    const [execution] = await until(async () => {
      const found = await executionsOf('cut')
      return found.length > 0 && found[0].status !== 'running' ? found : null
    })
    expect(execution.status).toBe('timeout')
    const { body } = await server.api.get(`/api/admin/functions/executions/${execution.id}`)
    expect(JSON.stringify(body)).toContain('stream_timeout')
  })

  test('that breaks ends before its end for the caller too, and is told from a process that ended', async () => {
    for (const [path, status] of [
      ['', 'error'],
      ['/exit', 'crashed'],
    ] as const) {
      const response = await fetch(url(`/api/functions/breaks${path}`))
      await expect(response.text()).rejects.toThrow()
      await until(async () => (await executionsOf('breaks'))[0]?.status === status)
    }
  })

  test('of one function holds up no other', async () => {
    const streams = await Promise.all(Array.from({ length: 30 }, () => fetch(url('/api/functions/stream'))))
    const begun = performance.now()
    for (let n = 0; n < 20; n++) expectStatus(await call('hello'), 200)
    expect(performance.now() - begun).toBeLessThan(2_000)
    for (const stream of streams) await stream.text()
  })
})

describe('across origins', () => {
  const from = (origin: string) => ({ origin, 'content-type': 'application/json' })
  const allowed = (response: Response) => response.headers.get('access-control-allow-origin')

  test.each<[number, string, RequestInit]>([
    [200, 'hello', { body: '{}' }],
    [401, 'members', { body: '{}' }],
    [404, 'nothing', { body: '{}' }],
    [413, 'strict', { body: JSON.stringify({ n: 1, text: 'x'.repeat(2_000) }) }],
    [422, 'strict', { body: '{}' }],
    [429, 'strict', { body: '{"n":1}' }],
    [500, 'throws', { body: '{}' }],
    [502, 'exits', { body: '{}' }],
    [504, 'late', { body: '{"name":"cors"}' }],
  ])('%i of %s is readable for a page of an origin that is allowed, and for no other', async (status, name, init) => {
    const send = (origin: string) =>
      fetch(url(`/api/functions/${name}`), { method: 'POST', headers: from(origin), ...init })
    if (status === 429) for (let n = 0; n < 3; n++) await (await send('https://app.example.com')).text()
    const response = await send('https://app.example.com')
    await response.text()
    expect([response.status, allowed(response)]).toEqual([status, 'https://app.example.com'])
    const other = await send('https://evil.example.com')
    await other.text()
    expect(allowed(other)).toBeNull()
  })

  test('the server answers a preflight, before anybody is asked who they are', async () => {
    const response = await fetch(url('/api/functions/members'), {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example.com', 'access-control-request-method': 'POST' },
    })
    expect([response.status, allowed(response)]).toEqual([204, 'https://app.example.com'])
  })

  test('a function with cors: own answers it, and has its own headers only', async () => {
    for (const method of ['OPTIONS', 'GET']) {
      const response = await fetch(url('/api/functions/own'), {
        method,
        headers: { origin: 'https://app.example.com' },
      })
      expect([response.status, await response.text(), allowed(response)]).toEqual([
        200,
        method,
        'https://only.example.com',
      ])
    }
  })
})

test('an upgrade is refused, in words', async () => {
  const response = await fetch(url('/api/functions/stream'), {
    headers: {
      connection: 'upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': btoa('0123456789abcdef'),
      'sec-websocket-version': '13',
    },
  })
  expect(response.status).toBe(400)
  expect(await response.text()).toContain('Functions have no WebSockets')
})

test('what has timed out has no effect any more', async () => {
  expectError(await call('late', { name: 'late' }), 'FUNCTION_TIMEOUT')
  await Bun.sleep(300)
  const count = async () => (await server.anonymous.get('/api/collections/marks?count=exact&limit=1')).body.total
  const before = await count()
  await Bun.sleep(500)
  expect(await count()).toBe(before)
})

test('a line of a megabyte is cut, and costs the answer nothing', async () => {
  expect((await call('talks')).body).toBe('said')
  const [execution] = await executionsOf('talks')
  const { body } = await server.api.get(`/api/admin/functions/executions/${execution.id}`)
  expect(JSON.stringify(body).length).toBeLessThan(20_000)
  expect(JSON.stringify(body)).toContain('"truncated":true')
})

describe('the environment', () => {
  test('is that of the manifest, before and after a save', async () => {
    const seen = async () => (await call('env')).body
    const before = await seen()
    expect(before.env).toEqual({ SEEN: 'a-value-of-the-manifest' })
    for (const name of ['UNSEEN', 'BUILD_TOKEN']) expect(before.all).not.toContain(name)
    writeFileSync(server.project.path('functions/env.ts'), FILES['functions/env.ts'].replace('return', 'return  '))
    await server.restart()
    expect(await seen()).toEqual(before)
  })

  test('a variable that is set nowhere is said when the function is loaded: where, and where to set it', async () => {
    const { body } = await server.api.get('/api/admin/functions/unset')
    const problems = body.problems.join('\n')
    for (const word of ['functions/unset.yaml:2', 'KEY', 'NOWHERE_SET', '.env']) expect(problems).toContain(word)
    expectError(await server.api.post('/api/functions/unset', {}), 'FUNCTION_NOT_READY')
    expectError(await call('unset'), 'FUNCTION_NOT_FOUND')
  })
})

test('a time-out beyond what timers count is none that fires at once', async () => {
  const { body } = await server.api.get('/api/admin/functions/long')
  if (body.problems.length > 0) expect(body.problems.join('\n')).toContain('functions/long.yaml:2')
  else expectStatus(await call('long'), 200)
})

test('what ran when the server was killed is not running for ever', async () => {
  const lost = call('asleep').catch(() => null)
  await until(() => instancesOf('asleep').length > 0)
  await server.restart('SIGKILL')
  await lost
  expect(instancesOf('asleep')).toEqual([])
  const executions: { status: string }[] = await executionsOf('asleep')
  expect(executions.filter(({ status }) => status === 'running')).toEqual([])
})

test('who may run functions may not change what serves', async () => {
  const invoker = createApi(server.process.url, await createKey(server.project, 'functions:invoke'))
  const reader = createApi(server.process.url, await createKey(server.project, 'data:read'))
  expectStatus(await invoker.post('/api/functions/hello', {}), 200)
  for (const api of [invoker, reader]) {
    for (const path of ['serve', 'rollback', 'promote', 'split'])
      expect([401, 403, 404, 405]).toContain(
        (await api.post(`/api/admin/functions/hello/${path}`, { version: 1 })).status,
      )
  }
})

/** Processes of instances of a function of this server, by the environment they were started with. */
function instancesOf(name: string): readonly number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        const env = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0')
        return env.includes(`KOYALITE_FUNCTION=${name}`) && isChildOf(pid, server.process.pid)
      } catch {
        return false
      }
    })
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It went with one that was ended before.
  }
}

/** Also one that its parent has not asked about yet. */
function hasEnded(pid: number): boolean {
  try {
    return /\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return true
  }
}

function isChildOf(pid: number, ancestor: number): boolean {
  for (let at = pid; at > 1; ) {
    if (at === ancestor) return true
    const stat = readFileSync(`/proc/${at}/stat`, 'latin1')
    at = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  }
  return false
}
