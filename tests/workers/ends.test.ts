import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { createApi, createKey, createProject, startServer, until } from '@koyalite/testkit'
import { checkDatabase } from '../fixtures/check-database'
import { LOAD_SCHEMA, startWriteLoad } from '../fixtures/write-load'
import { isAlive, startWorkerServer, untilServed } from './worker-server'

setDefaultTimeout(120_000)

describe.skipIf(process.platform !== 'linux')('ends of worker processes', () => {
  test('kill -9 of one under load: the others go on, nothing acknowledged is lost, and it is replaced', async () => {
    const project = createProject({ schema: LOAD_SCHEMA })
    const key = await createKey(project)
    const server = await startWorkerServer(project, 3)
    const api = createApi(server.url, key)
    const loads: ReturnType<typeof startWriteLoad>[] = []
    for (let round = 0; round < 3; round++) {
      // Connections stay with their worker: writers of their own for each round reach those that are new.
      const load = startWriteLoad(api, 32, `r${round}`)
      loads.push(load)
      await load.reached(100)
      const victim = server.workers()[0] as number
      process.kill(victim, 'SIGKILL')
      // Writers whose connection it had have ended; those of the others go on.
      await load.reached(load.acknowledged.size + 500)
      expect(isAlive(server.pid)).toBe(true)
      await until(() => server.workers().length === 3 && !server.workers().includes(victim))
      await untilServed(server.url, 3)
    }
    expect(await server.kill('SIGTERM')).toBe(0)
    await Promise.all(loads.map(({ ended }) => ended))
    const stored = new Set(checkDatabase(project.path('data')).tokens)
    const acknowledged = loads.flatMap((load) => [...load.acknowledged])
    expect(acknowledged.filter((token) => !stored.has(token))).toEqual([])
    expect(loads.flatMap(({ refused }) => refused.map(({ text }) => text))).toEqual([])
    project.remove()
  })

  test('kill -9 of the main process under load: the workers end, and a start goes on from what was acknowledged', async () => {
    const project = createProject({ schema: LOAD_SCHEMA })
    const key = await createKey(project)
    const acknowledged: string[] = []
    for (let round = 0; round < 3; round++) {
      const server = await startWorkerServer(project, 2)
      const workers = server.workers()
      expect(workers).toHaveLength(2)
      const load = startWriteLoad(createApi(server.url, key), 32, `r${round}`)
      await load.reached(300)
      await server.kill('SIGKILL')
      await load.ended
      await until(() => !workers.some(isAlive))
      acknowledged.push(...load.acknowledged)
      // Those that were told that the writer is away.
      expect(load.refused.filter(({ status }) => status !== 503)).toEqual([])
      const found = checkDatabase(project.path('data'))
      expect(found.integrity).toEqual(['ok'])
      const stored = new Set(found.tokens)
      expect(acknowledged.filter((token) => !stored.has(token))).toEqual([])
    }
    const server = await startServer(project)
    expect(await server.kill('SIGTERM')).toBe(0)
    project.remove()
  })

  test('SIGTERM: what runs is finished, all processes end, one clean file is left', async () => {
    const project = createProject({ schema: LOAD_SCHEMA })
    const key = await createKey(project)
    const server = await startWorkerServer(project, 2)
    const workers = server.workers()
    const load = startWriteLoad(createApi(server.url, key), 16, 'r')
    await load.reached(200)
    expect(await server.kill('SIGTERM')).toBe(0)
    await load.ended
    expect(workers.some(isAlive)).toBe(false)
    expect(existsSync(project.path('data/koyalite.db-wal'))).toBe(false)
    expect(existsSync(project.path('data/koyalite-workers.sock'))).toBe(false)
    const stored = new Set(checkDatabase(project.path('data')).tokens)
    expect([...load.acknowledged].filter((token) => !stored.has(token))).toEqual([])
    expect(load.refused.map(({ text }) => text)).toEqual([])
    project.remove()
  })

  test('a worker that hangs does not keep the others from a change of the schema: it is replaced', async () => {
    const project = createProject({ schema: LOAD_SCHEMA })
    const key = await createKey(project)
    const server = await startWorkerServer(project, 2)
    const hung = server.workers()[0] as number
    process.kill(hung, 'SIGSTOP')
    project.write('schema.yaml', LOAD_SCHEMA.replace('text:  {', 'more:  { type: int, default: 1 }\n      text:  {'))
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const migrate = () =>
      fetch(`${server.url}/api/admin/migrate`, {
        method: 'POST',
        headers,
        body: '{"action":"apply"}',
        keepalive: false,
      })
    // The system gives some connections to the one that hangs, which are cut off with it, and some to the other.
    const responses = await Promise.allSettled(Array.from({ length: 32 }, migrate))
    const outcomes = responses.map((response) => (response.status === 'fulfilled' ? response.value.status : 'cut off'))
    expect(new Set(outcomes)).toEqual(new Set([200, 'cut off']))
    await until(() => server.workers().length === 2 && !server.workers().includes(hung))
    expect(isAlive(hung)).toBe(false)
    expect(await server.kill('SIGTERM')).toBe(0)
    project.remove()
  })

  test('a signal to every process at once, as supervisors send it, ends like one to the main process', async () => {
    const project = createProject({ schema: LOAD_SCHEMA })
    const server = await startWorkerServer(project, 2)
    const workers = server.workers()
    for (const pid of workers) process.kill(pid, 'SIGTERM')
    expect(await server.kill('SIGTERM')).toBe(0)
    expect(workers.some(isAlive)).toBe(false)
    project.remove()
  })
})
