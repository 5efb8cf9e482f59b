import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ANONYMOUS } from '@koyalite/contracts'
import { createLog } from './create-log'
import { prettyLine } from './pretty-line'
import { requestLine } from './request-line'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})
function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'koyalite log '))
  folders.push(dir)
  return dir
}
const SETTINGS = { level: 'info', keep: 1e9, max_bytes: 1e6 } as const
const ENTRY = {
  id: 'r1',
  method: 'GET',
  path: '/a',
  status: 200,
  ms: 1.23456,
  actor: ANONYMOUS,
  ip: '192.0.2.1',
  bytes: 7,
  query: null,
  code: null,
  route: 'GET /api/collections/:collection',
  collection: 'posts',
} as const

function linesIn(dir: string): readonly Record<string, unknown>[] {
  return readdirSync(dir)
    .toSorted()
    .flatMap((name) => readFileSync(join(dir, name), 'utf8').split('\n').filter(Boolean))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

describe('the log', () => {
  test('writes NDJSON that only its owner can read', async () => {
    const dir = join(folder(), 'logs')
    const log = createLog({ settings: SETTINGS, dir, terminal: 'none' })
    log.debug({}, 'not at this level')
    log.info({ files: 3 }, 'three files')
    log.error({ err: new Error('outer', { cause: new TypeError('inner') }) }, 'it failed')
    log.request(ENTRY)
    await log.close()
    const lines = linesIn(dir)
    expect(lines).toEqual([
      { level: 'info', time: expect.any(Number), files: 3, msg: 'three files' },
      {
        level: 'error',
        time: expect.any(Number),
        err: {
          type: 'Error',
          message: 'outer',
          stack: expect.any(String),
          cause: { type: 'TypeError', message: 'inner', stack: expect.any(String) },
        },
        msg: 'it failed',
      },
      {
        level: 'info',
        time: expect.any(Number),
        request_id: 'r1',
        method: 'GET',
        path: '/a',
        status: 200,
        ms: 1.235,
        actor: 'anonymous',
        ip: '192.0.2.1',
        bytes: 7,
        msg: 'request',
      },
    ])
    expect(statSync(dir).mode & 0o777).toBe(0o700)
    expect(statSync(join(dir, readdirSync(dir)[0] ?? '')).mode & 0o777).toBe(0o600)
  })

  test('of requests keeps the failed ones only at level error', async () => {
    const dir = folder()
    const log = createLog({ settings: { ...SETTINGS, level: 'error' }, dir, terminal: 'none' })
    log.request(ENTRY)
    log.request({ ...ENTRY, status: 503 })
    await log.close()
    expect(linesIn(dir).map((line) => line.status)).toEqual([503])
  })

  test('masks what is secret by its name, wherever it is', async () => {
    const dir = folder()
    const log = createLog({ settings: SETTINGS, dir, terminal: 'none' })
    const secret = 'correct-horse'
    log.info(
      {
        headers: { authorization: `Bearer ${secret}`, Cookie: secret, 'set-cookie': secret, accept: '*/*' },
        user: [{ password: secret, accessToken: secret, refresh_token: secret, name: 'Ann' }],
        apiKey: secret,
        encryption_key: secret,
        client_secret: secret,
        err: Object.assign(new Error('x'), { token: secret }),
        key: null,
        monkey: 'kept',
      },
      'all of it',
    )
    const loop: Record<string, unknown> = {}
    loop.self = loop
    log.info(loop, 'a circle')
    await log.close()
    const [line, circle] = linesIn(dir)
    expect(JSON.stringify(line)).not.toContain(secret)
    expect(line).toMatchObject({ headers: { accept: '*/*' }, user: [{ name: 'Ann' }], key: null, monkey: 'kept' })
    expect(circle).toMatchObject({ self: '…' })
  })

  test('is complete when the process ends at once, also by an error', async () => {
    const dir = folder()
    const script = `
      import { createLog } from ${JSON.stringify(join(import.meta.dir, 'create-log.ts'))}
      const log = createLog({ settings: { level: 'info', keep: 1e9, max_bytes: 1e6 }, dir: process.argv[1], terminal: 'json' })
      for (let i = 0; i < 1000; i++) log.info({ i }, 'line')
      throw new Error('crash')`
    const child = Bun.spawn([process.execPath, '-e', script, dir], { stdout: 'pipe', stderr: 'ignore' })
    const printed = await new Response(child.stdout).text()
    expect(await child.exited).toBe(1)
    const expected = Array.from({ length: 1000 }, (_, i) => i)
    expect(linesIn(dir).map((line) => line.i)).toEqual(expected)
    expect(printed.split('\n').filter(Boolean)).toHaveLength(1000)
  })
})

test('a request line survives whatever a stranger sends', () => {
  const path = '/a"\\\n\u2028é\u0000'
  const ip = '1.2.3.4"'
  const actor = { kind: 'service_key', id: 'k"1', scopes: [] } as const
  const query = 'posts?filter={"$or":[]}\n'
  const line = requestLine({ ...ENTRY, path, ip, actor, query, code: 'INTERNAL', bytes: null, status: 500 }, 5)
  expect(line.indexOf('\n')).toBe(line.length - 1)
  expect(JSON.parse(line)).toMatchObject({
    path,
    ip,
    actor: 'service_key',
    actor_id: 'k"1',
    bytes: null,
    query,
    code: 'INTERNAL',
    level: 'error',
    time: 5,
  })
})

describe('for people', () => {
  const pretty = (fields: object, color = false) =>
    prettyLine(JSON.stringify({ level: 'info', time: 0, msg: 'm', ...fields }), color).slice(9)

  test.each([
    [{ files: 3, name: 'x' }, 'info  m files=3 name=x\n'],
    [
      { method: 'GET', path: '/a', status: 200, ms: 1.26, actor: 'anonymous', request_id: 'r', msg: 'request' },
      'info  GET /a 200 1.3 ms anonymous\n',
    ],
    [
      {
        method: 'GET',
        path: '/a',
        status: 404,
        code: 'NOT_FOUND',
        ms: 1,
        actor: 'user',
        request_id: 'r',
        msg: 'request',
      },
      'info  GET /a 404 1.0 ms user NOT_FOUND r\n',
    ],
    [
      { method: 'GET', path: '/a', status: 200, ms: 1, actor: 'user', query: 'a?filter=b:eq:?', msg: 'request' },
      'info  GET /a 200 1.0 ms user a?filter=b:eq:?\n',
    ],
    [
      { level: 'error', err: { stack: 'Error: x\n  at y', cause: { message: 'deeper' } } },
      'error m\n    Error: x\n      at y\n  caused by\n    deeper\n',
    ],
    [{ name: '\u001b[2J\u0007' }, 'info  m name=\\u001b[2J\\u0007\n'],
  ])('%j', (fields, expected) => {
    expect(pretty(fields)).toBe(expected)
  })

  test('colours only if asked for', () => {
    expect(prettyLine('{"level":"warn","time":0,"msg":"m"}', true)).toContain('\u001b[33mwarn \u001b[0m')
  })
})
