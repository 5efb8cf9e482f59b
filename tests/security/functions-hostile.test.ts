import { describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { expectError, expectStatus, until } from '@koyalite/testkit'
import { hasSandbox } from './has-sandbox'
import { useHostileFunctions } from './hostile-functions'

const { server, call, outcome, undisturbed } = useHostileFunctions()

describe.skipIf(!hasSandbox)('what is not its own is out of its reach', () => {
  const reads = (paths: readonly string[]) =>
    outcome(
      `return given.map((path) => { try { node.fs.statSync(path); return path } catch { return null } }).filter((path) => path !== null)`,
      { given: paths },
    )

  test('files of the server, of other functions and of the machine', async () => {
    const { project } = server
    const own = [
      ...['data/koyalite.db', 'data/koyalite.sock', 'data/functions/code/builds.json'],
      ...['functions/neighbour.ts', 'functions', '.env', 'schema.yaml'],
    ].map((path) => project.path(path))
    expect(own.filter((path) => !existsSync(path))).toEqual([])
    expect(await reads(own)).toEqual([])
    // The way to its own code is there, and nothing beside it.
    const listed = 'return given.map((path) => node.fs.readdirSync(path))'
    const folders = ['', 'data', 'data/functions/code'].map((path) => project.path(path))
    const [top, data, code] = await outcome(listed, { given: folders })
    expect([top, data, code.length]).toEqual([['data'], ['functions'], 1])
    expect(
      await reads(['/root', '/home', '/var', '/etc/passwd', '/etc/shadow', '/sys/fs', '/run', '/dev/sda', '/dev/mem']),
    ).toEqual([])
    expect(await reads(own.map((path) => `/proc/1/root${path}`))).toEqual([])
    const links = `node.fs.symlinkSync(given, '/tmp/out'); try { return node.fs.readdirSync('/tmp/out') } catch (error) { return error.code }`
    expect(await outcome(links, { given: project.path('functions') })).toBe('ENOENT')
  })

  test('processes and their environment, descriptors', async () => {
    const seen = await outcome(`const pids = node.fs.readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))
      const environments = pids.map((pid) => { try { return node.fs.readFileSync('/proc/' + pid + '/environ', 'utf8') } catch { return '' } })
      const files = node.fs.readdirSync('/proc/1/fd').map((fd) => { try { return node.fs.readlinkSync('/proc/1/fd/' + fd) } catch { return '' } })
      return { count: pids.length, text: environments.join(), files, names: Object.keys(process.env) }`)
    expect(seen.count).toBeLessThan(10)
    expect(seen.text).not.toContain('a-secret-of-the-server')
    expect(seen.files.filter((file: string) => file.startsWith('/') && !file.startsWith('/dev/null'))).toEqual([])
    expect(
      seen.names.filter((name: string) => /KOYALITE_(ENV|URL|KEY|INSTANCE)/.test(name) && name !== 'KOYALITE_ENV'),
    ).toEqual([])
  })

  test('nothing of it can be written to but its own /tmp', async () => {
    const writes = `return given.map((path) => { try { node.fs.writeFileSync(path + '/planted', 'x'); return path } catch { return null } }).filter(Boolean)`
    const tried = [
      '/dev',
      '/dev/shm',
      '/',
      '/usr',
      '/bin',
      '/lib',
      '/etc',
      '/etc/ssl',
      '/proc',
      '/proc/sys/kernel',
      '/tmp',
    ]
    expect(await outcome(writes, { given: tried })).toEqual(['/tmp'])
  })

  test('the network, metadata of clouds, the server’s own port', async () => {
    const connects = `return Promise.all(given.map(([host, port]) => new Promise((resolve) => {
      const socket = node.net.connect({ host, port, timeout: 700 }, () => resolve('connected'))
      socket.on('error', () => resolve('refused')).on('timeout', () => resolve('refused'))
    })))`
    const { hostname, port } = new URL(server.process.url)
    const given = [
      [hostname, Number(port)],
      ['169.254.169.254', 80],
      ['1.1.1.1', 443],
      ['localhost', Number(port)],
    ]
    expect(await outcome(connects, { given })).toEqual(['refused', 'refused', 'refused', 'refused'])
  })

  test('ways into the kernel: namespaces, keys, other processes, programs in it', async () => {
    const code = `const { dlopen } = await import('bun:ffi')
      const { symbols } = dlopen('libc.so.6', {
        syscall: { args: ['i64', 'i64', 'i64', 'i64', 'i64', 'i64'], returns: 'i64' }, perror: { args: ['ptr'], returns: 'void' } })
      return given.map((number) => Number(symbols.syscall(number, 0, 0, 0, 0, 0)))`
    // ptrace, keyctl, unshare, setns, mount, bpf, perf_event_open, userfaultfd, io_uring_setup, open_tree, clone3
    const own =
      process.arch === 'x64' ? [101, 250, 272, 308, 165, 321, 298, 323] : [117, 219, 97, 268, 40, 280, 241, 282]
    const calls = [...own, 425, 428, 435]
    expect(await outcome(code, { given: calls })).toEqual(calls.map(() => -1))
    const status = `return node.fs.readFileSync('/proc/self/status', 'utf8').split('\\n').filter((line) => /^(Seccomp|NoNewPrivs|CapEff|CapBnd):/.test(line))`
    expect(await outcome(status)).toEqual([
      ...['CapEff:\t0000000000000000', 'CapBnd:\t0000000000000000', 'NoNewPrivs:\t1', 'Seccomp:\t2'],
    ])
  })

  test('its secrets are on no command line', async () => {
    expect(await outcome('return 1')).toBe(1)
    const all = Bun.spawnSync(['ps', '-ewwo', 'args']).stdout.toString()
    expect(all).toContain(server.project.path('data/functions/code'))
    for (const secret of ['KOYALITE_INSTANCE', 'a-secret-of-this-function']) expect(all).not.toContain(secret)
  })

  test('what lies in its folder changes nothing', async () => {
    const found = await outcome(
      'return { planted: process.env.PLANTED ?? null, preloaded: globalThis.preloaded ?? null, cwd: process.cwd() }',
    )
    expect(found).toEqual({ planted: null, preloaded: null, cwd: '/tmp' })
  })

  test('prototypes stay as they are, whatever an input has', async () => {
    const code = 'return { own: Object.keys(given), is: ({}).is ?? null, depth: JSON.stringify(given).length > 0 }'
    const response = await server.anonymous.request('POST', '/api/functions/hostile', {
      raw: new TextEncoder().encode(
        `{"code":${JSON.stringify(code)},"with":{"__proto__":{"is":1},"constructor":{"prototype":{"is":2}},"toJSON":1,"$type":"x"}}`,
      ),
      headers: { 'content-type': 'application/json' },
    })
    expect(expectStatus(response, 200).body.is).toBeNull()
    expectStatus(await server.anonymous.get('/api/collections/notes'), 200)
    const deep = `{"code":"return 1","with":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    const { status } = await server.anonymous.request('POST', '/api/functions/hostile', {
      raw: new TextEncoder().encode(deep),
      headers: { 'content-type': 'application/json' },
    })
    expect(status).toBeGreaterThanOrEqual(400)
  })
})

describe('a plain process, which is no wall', () => {
  test('has nothing of the server’s environment', async () => {
    const names: string[] = await outcome('return Object.keys(process.env)', { name: 'plain' })
    expect(names).toContain('KOYALITE_SOCKETS')
    expect(names.filter((name) => /OF_THE_SERVER|OF_THIS_FUNCTION|KOYALITE_(URL|KEY|INSTANCE)/.test(name))).toEqual([])
  })

  test('goes with all that it has started', async () => {
    const start = `const { pid } = node.child.spawn('/bin/sleep', ['600']); return pid`
    const pid: number = await outcome(start, { name: 'plain' })
    expect(() => process.kill(pid, 0)).not.toThrow()
    expectError(await undisturbed(call('for (;;);', { name: 'plain' })), 'FUNCTION_TIMEOUT')
    await until(() => !existsSync(`/proc/${pid}`))
  })
})

describe('tokens are worth something for their call alone', () => {
  const used = "return ask('GET', '/internal/v1/admin/api/collections/notes', given)"
  const rows = async () =>
    (await server.api.get('/api/admin/audit?event=function.foreign_token')).body.entries.map(
      ({ target }: { target: { id: string } }) => target.id,
    )

  test('one that is forged, of a call that has ended, or of another instance: 401 and a line in the audit log', async () => {
    const before = (await rows()).length
    expect(await outcome(used, { given: 'A'.repeat(32) })).toBe(401)
    await until(async () => (await rows()).length > before)
    expect((await rows())[0]).toBe('hostile')
    const token = await outcome('return kept.tokens.at(-1)', { name: 'patient' })
    expect(await outcome(used, { given: token, name: 'patient' })).toBe(401)
    const running = call('await node.sleep(3000); return 1', { name: 'patient' })
    await Bun.sleep(300)
    const stolen = await outcome('return kept.tokens.at(-2)', { name: 'patient' })
    expect(
      await outcome("return ask('GET', '/internal/v1/db/api/collections/notes', given)", {
        given: stolen,
        name: 'neighbour',
      }),
    ).toBe(401)
    await running
    await until(async () => {
      const seen = await rows()
      return seen.includes('patient') && seen.includes('neighbour')
    })
  })

  test('however often they are tried, the audit log stays small', async () => {
    const before = (await rows()).length
    const code =
      "for (let i = 0; i < 500; i++) await ask('GET', '/internal/v1/db/api/collections/notes', 'no-' + i); return 1"
    expectStatus(await undisturbed(call(code, { name: 'patient' })), 200)
    expect((await rows()).length - before).toBeLessThan(3)
  })

  test('the rights of a call are those of its manifest, by every path', async () => {
    const code = `const token = kept.tokens.at(-1)
      const paths = ['/internal/v1/admin/api/collections/notes', '/internal/v1/db/../admin/api/collections/notes', '/internal/v1/db/%2e%2e/admin/api/collections/notes',
        '/api/admin/keys', '/internal/v1/db/api/admin/keys', '/internal/v1/admin/api/admin/keys', '/api/collections/notes', '/metrics']
      const seen = []
      for (const path of paths) seen.push(await ask('GET', path, token))
      return seen`
    for (const status of await outcome(code)) expect([401, 403, 404]).toContain(status)
  })
})

describe.skipIf(!hasSandbox)('the socket of its host', () => {
  test('cannot become a link to another one, of the server for instance', async () => {
    const secret = server.project.path('data/koyalite.sock')
    expect(existsSync(secret)).toBe(true)
    const code = `const path = process.env.KOYALITE_SOCKETS + '/call.sock'
      node.fs.rmSync(path, { force: true })
      node.fs.symlinkSync(given, path)
      return 1`
    const first = await call(code, { given: secret, name: 'neighbour' })
    expect(first.status).toBe(200)
    // Several at a time need several connections.
    const next = () => call('await node.sleep(300); return 1', { name: 'neighbour' })
    const answers = await Promise.all([1, 2, 3, 4, 5].map(next))
    expect(answers.map(({ body }) => body.error?.code)).toEqual(answers.map(() => 'FUNCTION_CRASHED'))
    expect(answers[0]?.body.error.message).toContain('wrote files into the folder of its sockets')
    expect(await outcome('return "from the function"', { name: 'neighbour' })).toBe('from the function')
  })

  test('its folder is for sockets: what writes files there is ended', async () => {
    const code = `for (let i = 0; ; i++) { node.fs.writeFileSync(process.env.KOYALITE_SOCKETS + '/' + i, Buffer.alloc(1 << 20)); await node.sleep(5) }`
    expectError(await undisturbed(call(code)), 'FUNCTION_CRASHED')
  })
})
