import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import {
  type Api,
  createApi,
  createKey,
  createProject,
  expectError,
  expectStatus,
  goCache,
  hasGo,
  runKoyalite,
  type ServerProcess,
  startServer,
  until,
} from '@koyalite/testkit'
import { denoFolder } from './deno-folder'

setDefaultTimeout(120_000)

/** What is on this machine; null: nothing is needed. */
const NEEDED = {
  bun: null,
  node: Bun.which('node'),
  deno: denoFolder === null || Bun.which('bwrap') === null ? undefined : denoFolder,
  python: Bun.which('python3'),
  go: Bun.which('go'),
} as const
const isHere = (name: keyof typeof NEEDED) => name === 'bun' || typeof NEEDED[name] === 'string'
const RUNTIMES = Object.keys(NEEDED) as (keyof typeof NEEDED)[]

describe('what functions new writes', () => {
  const project = createProject({ schema: 'version: 1\ncollections: {}\n' })
  let server: ServerProcess
  let api: Api
  beforeAll(async () => {
    for (const runtime of RUNTIMES.filter(isHere)) {
      for (const args of [[`greet-${runtime}`], [`raw-${runtime}`, '--raw']]) {
        const { code, stderr } = await runKoyalite([
          'functions',
          'new',
          ...args,
          '--runtime',
          runtime,
          '--dir',
          project.dir,
        ])
        if (code !== 0) throw new Error(stderr)
      }
    }
    const env = { PATH: `${denoFolder}:${process.env.PATH}`, ...(hasGo && { GOCACHE: goCache() }) }
    server = await startServer(project, { env })
    api = createApi(server.url, await createKey(project, 'functions:invoke'))
  })
  afterAll(async () => {
    await server?.kill('SIGTERM')
    project.remove()
  })

  for (const runtime of RUNTIMES) {
    test.skipIf(!isHere(runtime))(`runs as it is, for ${runtime}`, async () => {
      const call = (input: unknown) => api.post(`/api/functions/greet-${runtime}`, input)
      // The first program in Go takes what compiling its library takes.
      await until(async () => (await call({})).status !== 503, { withinMs: 100_000 })
      expect((await call({})).body).toEqual({ message: 'Hello world' })
      expect((await call({ name: 'Ann' })).body).toEqual({ message: 'Hello Ann' })
      expect((await call({ name: '' })).body.error.code).toBe('NAME_MISSING')
      expectError(await call({ name: 1 }), 'VALIDATION_ERROR')
      expectError(await createApi(server.url).post(`/api/functions/greet-${runtime}`, {}), 'UNAUTHENTICATED')
      const raw = () => createApi(server.url).post(`/api/functions/raw-${runtime}`, { some: 'bytes' })
      await until(async () => (await raw()).status !== 503, { withinMs: 100_000 })
      const received = await raw()
      expect(expectStatus(received, 200).body).toEqual({ received: 16 })
    })
  }

  test('for a runtime that there is not, is refused with those that there are', async () => {
    const { code, stderr } = await runKoyalite(['functions', 'new', 'x', '--runtime', 'ruby', '--dir', project.dir])
    expect([code, stderr]).toEqual([2, expect.stringContaining('python')])
  })
})
