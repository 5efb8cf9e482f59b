import { describe, expect, test } from 'bun:test'
import type { ErrorCode } from '@koyalite/contracts'
import { expectError, expectStatus, until } from '@koyalite/testkit'
import { useHostileFunctions } from './hostile-functions'

const { server, call, outcome, undisturbed } = useHostileFunctions()

describe('what uses up the machine is ended, and others are served meanwhile', () => {
  test.each<[string, string, ErrorCode]>([
    ['an endless loop', 'for (;;);', 'FUNCTION_TIMEOUT'],
    ['an endless loop that logs', 'for (;;) console.log("again")', 'FUNCTION_TIMEOUT'],
    ['an exit', 'process.exit(0)', 'FUNCTION_CRASHED'],
    ['a signal to itself', 'process.kill(process.pid, "SIGKILL"); await node.sleep(9e5)', 'FUNCTION_CRASHED'],
    ['a call that never ends', 'await node.sleep(9e5)', 'FUNCTION_TIMEOUT'],
  ])('%s', async (_name, code, expected) => {
    expectError(await undisturbed(call(code)), expected)
    expect(await outcome('return 1')).toBe(1)
  })

  test.each<[string, string, ErrorCode]>([
    [
      'a heap that grows',
      'const all = []; for (;;) { all.push(new Array(10000).fill(all.length)); await 0 }',
      'FUNCTION_MEMORY',
    ],
    [
      'buffers',
      'for (;;) { (kept.all ??= []).push(new Uint8Array(8 << 20).fill(1)); await node.sleep(5) }',
      'FUNCTION_MEMORY',
    ],
    [
      'memory of a child',
      'node.child.spawn("/bin/sh", ["-c", "head -c 900000000 /dev/zero | tail -n 1"]); await node.sleep(9e5)',
      'FUNCTION_MEMORY',
    ],
    [
      'processes that start processes',
      'node.child.spawn("/bin/sh", ["-c", "b() { b | b & }; b; sleep 60"]); await node.sleep(9e5)',
      'FUNCTION_CRASHED',
    ],
    [
      'processes',
      'node.child.spawn("/bin/sh", ["-c", "for i in $(seq 300); do sleep 60 & done; wait"]); await node.sleep(9e5)',
      'FUNCTION_CRASHED',
    ],
  ])('%s', async (_name, code, expected) => {
    expectError(await undisturbed(call(code, { name: 'patient' })), expected)
    expect(await outcome('return 1', { name: 'patient' })).toBe(1)
  })

  test('more output than it may hold', async () => {
    expectError(await undisturbed(call('return "x".repeat(12 << 20)')), 'FUNCTION_OUTPUT_TOO_LARGE')
    const code =
      'const block = Buffer.alloc(1 << 20, 120); for (let i = 0; i < 300; i++) node.fs.writeSync(1, block); return 1'
    expectStatus(await undisturbed(call(code, { name: 'patient' })), 200)
    const response = await fetch(`${server.process.url}/api/functions/stream`)
    const reader = response.body?.getReader()
    await reader?.read()
    // Nobody reads on: the stream ends by its own time.
    await until(async () => {
      const { body } = await server.api.get('/api/admin/functions/executions?function=stream')
      return body.executions[0]?.status === 'timeout'
    })
    await reader?.cancel().catch(() => {})
  })

  test('a million lines of log', async () => {
    const code = 'for (let i = 0; i < 1e6; i++) { console.log("line", i); if (i % 1000 === 0) await 0 } return 1'
    const response = expectStatus(await undisturbed(call(code, { name: 'patient' })), 200)
    const id = response.headers.get('koyalite-execution')
    const { body } = await server.api.get(`/api/admin/functions/executions/${id}`)
    expect(body.logs.length).toBeLessThanOrEqual(1001)
    expect(body.truncated).toBe(true)
  })

  test('lines that no call has written are bounded in the log of the server', async () => {
    const log = () => server.process.output().match(/flood [0-9]+/g)?.length ?? 0
    await call(
      'setTimeout(() => { for (let i = 0; i < 50000; i++) node.fs.writeSync(1, "flood " + i + "\\n") }, 50); return 1',
      { name: 'neighbour' },
    )
    await until(() => log() > 0)
    await Bun.sleep(500)
    expect(log()).toBeLessThan(2_000)
  })

  test('a body that is not read', async () => {
    const body = new Uint8Array(8 << 20)
    const sent = server.anonymous.request('POST', '/api/functions/stream', { raw: body })
    expectError(await undisturbed(sent), 'FUNCTION_TIMEOUT')
  })

  test('bodies without end for the server', async () => {
    const code = `const block = new Uint8Array(1 << 20)
      const body = new ReadableStream({ pull: (to) => to.enqueue(block) })
      const url = (path) => 'http://koyalite/internal/v1/' + path
      const headers = { authorization: 'Bearer ' + kept.tokens.at(-1) }
      const init = (body) => ({ method: 'POST', headers, body, unix: process.env.KOYALITE_SOCKETS + '/server.sock' })
      const statuses = []
      for (const path of ['logs', 'functions/hostile', 'ready'])
        statuses.push(await fetch(url(path), init(new Uint8Array(64 << 20))).then(({ status }) => status, () => 'closed'))
      return statuses`
    const { body } = expectStatus(await undisturbed(call(code, { name: 'patient' })), 200)
    for (const status of body) expect(status === 'closed' || status >= 400).toBe(true)
  })

  test('answers that are none', async () => {
    // Code can replace what its host is made of, and answer with anything.
    const code = `const before = Response
      globalThis.Response = class extends before { constructor(body, init) { super('{{{{', { ...init, headers: { ...init?.headers, ...given } }) } }
      setTimeout(() => { globalThis.Response = before }, 100)
      return { a: 1 }`
    for (const given of [{}, { 'koyalite-failure': 'thrown' }, { 'koyalite-failure': 'error' }]) {
      expectError(await call(code, { name: 'neighbour', given }), 'FUNCTION_OUTPUT_INVALID')
      await Bun.sleep(150)
    }
  })
})
