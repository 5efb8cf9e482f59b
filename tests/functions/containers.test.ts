import { beforeAll, describe, expect, test } from 'bun:test'
import {
  type ApiResponse,
  createProject,
  expectError,
  expectStatus,
  noContainers,
  runKoyalite,
  until,
  useContainerEngine,
  useServer,
} from '@koyalite/testkit'

/** Runs what it is sent, in a container. */
const runs = (config: string) => `import * as child from 'node:child_process'
import * as fs from 'node:fs'
import * as net from 'node:net'
import { defineFunction } from '@koyalite/functions'
const node = { child, fs, net, sleep: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)) }
const AsyncFunction = (async () => {}).constructor as any
export default defineFunction({
  config: { access: 'true', ${config} },
  handler: async ({ code }: { code: string }, ctx) => (await new AsyncFunction('ctx', 'node', code)(ctx, node)) ?? null,
})
`

const engine = useContainerEngine()
const server = useServer({
  schema: `version: 1
collections:
  notes:
    fields:
      id: { type: uuid, primary: true, default: auto }
      title: { type: string }
    rules: { create: "true", read: "true" }
`,
  settings: `functions: { container: { socket: ${engine.socket} }, min_isolation: container }\n`,
  files:
    noContainers !== null
      ? {}
      : {
          'functions/one.ts': runs("timeout: '20s', memory: '200mb'"),
          'functions/one.yaml': "env: { SECRET: '${OF_THIS_FUNCTION}' }\n",
          'functions/hasty.ts': runs("timeout: '1s'"),
          'functions/slow.ts': runs("timeout: '20s', cpu: 0.2"),
          'functions/open.ts': runs("timeout: '20s', network: 'all'"),
          '.env': 'OF_THE_SERVER=a-secret-of-the-server\nOF_THIS_FUNCTION=a-secret-of-this-function\n',
        },
})

const call = (code: string, name = 'one'): Promise<ApiResponse> =>
  server.anonymous.post(`/api/functions/${name}`, { code })
const outcome = async (code: string, name = 'one') => expectStatus(await call(code, name), 200).body
const containers = async (...filters: string[]) =>
  (await engine.podman('ps', '--all', '--quiet', '--no-trunc', ...filters)).split('\n').filter((id) => id !== '')

describe.skipIf(noContainers !== null)(`functions in containers (${noContainers ?? 'Podman'})`, () => {
  /** A server waits for them a few seconds only. */
  const loaded = async () => {
    const { body } = await server.api.get('/api/admin/functions')
    return body.functions.length > 0 && body.functions.every((one: { version: number | null }) => one.version !== null)
  }
  beforeAll(() => until(loaded), 60_000)

  test('a call is answered, documents are written with the rights of its caller, and what it prints is in its log', async () => {
    const response = await call('console.log("hello"); return ctx.db.notes.create({ title: "of a container" })')
    const { title } = expectStatus(response, 200).body
    expect(title).toBe('of a container')
    const id = response.headers.get('koyalite-execution')
    const { body } = await server.api.get(`/api/admin/functions/executions/${id}`)
    expect(body).toMatchObject({ isolation: 'container', status: 'ok' })
    expect(body.logs).toMatchObject([{ level: 'info', message: 'hello' }])
  })

  test('what it writes to its output by itself is in the log of its call', async () => {
    const written = 'node.fs.writeSync(1, "straight to the output\\n"); await node.sleep(200); return 1'
    const response = await call(written)
    expectStatus(response, 200)
    await until(async () => {
      const { body } = await server.api.get(
        `/api/admin/functions/executions/${response.headers.get('koyalite-execution')}`,
      )
      return body.logs.some(({ message }: { message: string }) => message === 'straight to the output')
    })
  })

  test('it is nobody, may nothing, and has no files of the machine but the system’s, read-only', async () => {
    const status = await outcome('return node.fs.readFileSync("/proc/self/status", "utf8")')
    expect(status).toMatch(/^CapEff:\t0{16}$/m)
    expect(status).toMatch(/^CapBnd:\t0{16}$/m)
    expect(status).toMatch(/^NoNewPrivs:\t1$/m)
    expect(status).toMatch(/^Seccomp:\t2$/m)
    expect(await outcome('return process.getuid()')).toBe(10_001)
    const refused = async (path: string) =>
      outcome(
        `try { node.fs.writeFileSync(${JSON.stringify(path)}, 'x'); return null } catch ({ code }) { return code }`,
      )
    for (const path of ['/x', '/usr/x', '/etc/x', '/s/../x']) expect(await refused(path)).toMatch(/EROFS|EACCES/)
    expect(await refused('/tmp/x')).toBeNull()
    const seen = (path: string) => outcome(`return node.fs.existsSync(${JSON.stringify(path)})`)
    for (const path of [
      '/root',
      '/home',
      '/etc/shadow',
      server.project.dir,
      server.project.path('.env'),
      engine.socket,
    ]) {
      expect([path, await seen(path)]).toEqual([path, path === server.project.dir])
    }
    // The folder on the way to its code has nothing else in it.
    const files = await outcome(`return node.fs.readdirSync(${JSON.stringify(server.project.path('data'))})`)
    expect(files).toEqual(['functions'])
  })

  test('it has the environment of its manifest, and no other process in sight', async () => {
    const environment = await outcome('return { ...process.env }')
    expect(environment.SECRET).toBe('a-secret-of-this-function')
    expect(JSON.stringify(environment)).not.toContain('a-secret-of-the-server')
    const pids = await outcome('return node.fs.readdirSync("/proc").filter((name) => Number(name) > 0)')
    expect(pids).toEqual(['1'])
  })

  test('it has no network but by the server; `all` shares that of the machine', async () => {
    const interfaces =
      'return node.fs.readFileSync("/proc/net/dev", "utf8").match(/^ *[^ :]+(?=:)/gm).map((one) => one.trim())'
    expect(await outcome(interfaces)).toEqual(['lo'])
    const port = new URL(server.process.url).port
    const reach = `return new Promise((resolve) => node.net.connect(${port}, '127.0.0.1').on('connect', () => resolve('connected')).on('error', ({ code }) => resolve(code)))`
    expect(await outcome(reach)).toBe('ECONNREFUSED')
    expect(await outcome(reach, 'open')).toBe('connected')
    const refused = await call('return (await fetch("https://example.com")).text()')
    expectError(refused, 'FUNCTION_ERROR')
    const id = refused.headers.get('koyalite-execution')
    const { body } = await server.api.get(`/api/admin/functions/executions/${id}`)
    expect(JSON.stringify(body.logs)).toContain('network: [example.com:443]')
  })

  test('memory is bounded, buffers and files in it included', async () => {
    expectError(
      await call('for (const all = [];;) { all.push(new Uint8Array(8 << 20).fill(1)); await node.sleep(1) }'),
      'FUNCTION_MEMORY',
    )
    // Faster than anybody looks: by the kernel.
    expectError(await call('const all = []; for (;;) all.push(Buffer.alloc(64 << 20, 1))'), 'FUNCTION_MEMORY')
    expect(await outcome('return 1')).toBe(1)
  })

  test('what takes too long is ended, and what ends is told from it', async () => {
    expectError(await call('for (;;);', 'hasty'), 'FUNCTION_TIMEOUT')
    expectError(await call('process.exit(3)'), 'FUNCTION_CRASHED')
    expect(await outcome('return 1', 'hasty')).toBe(1)
  })

  test('processes are bounded', async () => {
    const code = 'node.child.spawn("/bin/sh", ["-c", "b() { b | b & }; b; sleep 60"]); await node.sleep(9e5)'
    expectError(await call(code), 'FUNCTION_CRASHED', 'FUNCTION_TIMEOUT')
    expect(await outcome('return 1')).toBe(1)
  })

  test('processors are shared as the manifest says', async () => {
    const work =
      'const end = Date.now() + 1000; while (Date.now() < end); const { user, system } = process.cpuUsage(); return (user + system) / 1e6'
    const before = await outcome('const { user, system } = process.cpuUsage(); return (user + system) / 1e6', 'slow')
    // A fifth of a second's work in a second, and what the last period still allowed.
    expect((await outcome(work, 'slow')) - before).toBeLessThan(0.5)
  })

  test('much output is read without being kept', async () => {
    const code =
      'const block = Buffer.alloc(1 << 20, 120); for (let i = 0; i < 256; i++) node.fs.writeSync(1, block); return 1'
    expect(await outcome(code)).toBe(1)
  })

  test('a killed server’s containers are removed by its next start, and a stopped one leaves none', async () => {
    await outcome('return 1')
    // One that hangs does not see that its server is gone.
    const hanging = call('for (;;);').catch(() => null)
    const busy = async () => {
      const { body } = await server.api.get('/api/admin/functions')
      return body.functions.some((one: { busy: number }) => one.busy > 0)
    }
    await until(busy)
    const before = await containers()
    await server.restart('SIGKILL')
    await hanging
    await until(loaded)
    await outcome('return 1')
    const after = await containers()
    expect(before.filter((id) => after.includes(id))).toEqual([])
    expect(await containers('--filter', 'status=exited')).toEqual([])
    await server.restart('SIGTERM')
    expect(await containers()).toEqual([])
  })

  test('doctor says which engine there is, and that a socket where nothing answers is of no use', async () => {
    const isolation = async (settings: string) => {
      const project = createProject({ schema: 'version: 1\ncollections: {}\n', settings })
      const { stdout } = await runKoyalite(['doctor', '--json', '--dir', project.dir])
      project.remove()
      return JSON.parse(stdout).findings.find(({ check }: { check: string }) => check === 'isolation')
    }
    expect((await isolation(`functions: { container: { socket: ${engine.socket} } }`)).message).toMatch(
      /containers \(Podman \d/,
    )
    expect(await isolation('functions: { container: { socket: /nowhere.sock } }')).toMatchObject({
      level: 'problem',
      message: 'functions.container.socket: nothing answers there',
    })
  })
})
