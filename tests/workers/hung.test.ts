import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import {
  createApi,
  createKey,
  createProject,
  LiveSocket,
  runKoyalite,
  type TempProject,
  until,
} from '@koyalite/testkit'
import { isAlive, startWorkerServer, untilServed, type WorkerServer } from './worker-server'

setDefaultTimeout(60_000)

const SCHEMA = `
version: 1
collections:
  events:
    fields:
      id:   { type: int, primary: true, default: auto }
      text: { type: string }
    rules: { read: "true" }
`

describe.skipIf(process.platform !== 'linux')('K13 a worker that hangs', () => {
  let project: TempProject
  let server: WorkerServer
  let key: string
  beforeAll(async () => {
    project = createProject({ schema: SCHEMA })
    key = await createKey(project)
    server = await startWorkerServer(project, 2)
  })
  afterAll(async () => {
    await server?.kill('SIGKILL')
    project?.remove()
  })
  /** Answers over connections of their own; what the one that hangs was given fails when it is killed. */
  const ask = async (path: string, count: number): Promise<readonly Response[]> => {
    const headers = { authorization: `Bearer ${key}` }
    const asked = Array.from({ length: count }, () =>
      fetch(`${server.url}${path}`, { keepalive: false, headers }).catch(() => null),
    )
    return (await Promise.all(asked)).filter((response) => response !== null)
  }
  const hang = (): number => {
    const [pid = 0] = server.workers()
    process.kill(pid, 'SIGSTOP')
    return pid
  }

  test('is killed and replaced without anybody asking; clients of it are cut off and come back', async () => {
    const sockets = await Promise.all(Array.from({ length: 14 }, () => LiveSocket.open(server.url)))
    const hung = hang()
    await until(() => !isAlive(hung))
    await until(() => sockets.some(({ isOpen }) => !isOpen))
    expect(sockets.some(({ isOpen }) => isOpen)).toBe(true)
    await until(() => server.workers().length === 2)
    await untilServed(server.url, 2)
    const responses = await ask('/api/collections/events', 20)
    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    for (const socket of sockets) if (socket.isOpen) await socket.close()
    const log = await createApi(server.url, key).get('/metrics')
    expect(log.text).toMatch(/^koyalite_workers_hung_total(\{process="main"\})? 1$/m)
    const { stdout } = await runKoyalite(['doctor', '--json', '--dir', project.dir])
    const findings: { check: string; level: string; message: string }[] =
      JSON.parse(stdout).findings ?? JSON.parse(stdout)
    expect(findings.find(({ check }) => check === 'workers')).toMatchObject({
      level: 'note',
      message: expect.stringContaining('2 of 2 workers serve; 1 exited'),
    })
  })

  test('does not keep others waiting for /metrics and the numbers of live queries', async () => {
    const hung = hang()
    for (const path of ['/metrics', '/api/admin/realtime']) {
      // Some of these come by the worker that lives.
      const first = await Promise.any(
        Array.from({ length: 12 }, () =>
          fetch(`${server.url}${path}`, { keepalive: false, headers: { authorization: `Bearer ${key}` } }),
        ),
      )
      expect(first.status).toBe(200)
      expect(isAlive(hung)).toBe(true)
    }
    await until(() => !isAlive(hung) && server.workers().length === 2)
    await untilServed(server.url, 2)
  })
})
