import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { connect, type Socket } from 'node:net'
import {
  createApi,
  createKey,
  createProject,
  freePort,
  koyaliteCommand,
  koyaliteEnvironment,
  startServer,
  type TempProject,
} from '@koyalite/testkit'

setDefaultTimeout(120_000)

const SCHEMA = `version: 1
collections:
  notes:
    fields:
      id: { type: int, primary: true }
      text: { type: text }
`
let project: TempProject
let key: string
beforeAll(async () => {
  project = createProject({ schema: SCHEMA })
  key = await createKey(project)
})
afterAll(() => project.remove())

/** Connections that have begun a request and go no further: the system does not hand over those that send nothing. */
async function idleConnections(port: number, count: number): Promise<{ close(): void }> {
  const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1').on('error', () => {}))
  const begin = (socket: Socket) =>
    new Promise((resolve) => socket.once('connect', () => socket.write('GET /', resolve)))
  await Promise.all(sockets.map(begin))
  return {
    close() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Without a connection that is used again. */
const ask = (url: string, path: string) => fetch(`${url}${path}`, { headers: { connection: 'close' } })

async function answersAgain(url: string): Promise<void> {
  // The server hears of the closed ones in its own time.
  while ((await ask(url, '/health/ready').catch(() => null))?.status !== 200) await new Promise(setImmediate)
}

describe('server.max_connections', () => {
  test('a request on one more is a 503 that closes it; when some have ended, all is as before', async () => {
    const server = await startServer(project, { env: { KOYALITE_SERVER_MAX_CONNECTIONS: '20' } })
    const some = await idleConnections(server.port, 15)
    expect((await ask(server.url, '/health/ready')).status).toBe(200)
    const more = await idleConnections(server.port, 10)
    const refused = await ask(server.url, '/api/collections/notes')
    expect([refused.status, refused.headers.get('connection')]).toEqual([503, 'close'])
    expect(await refused.json()).toMatchObject({ error: { code: 'UNAVAILABLE' } })
    // Whoever decides whether the process has to be restarted must not be misled.
    expect((await ask(server.url, '/health/live')).status).toBe(200)
    more.close()
    await answersAgain(server.url)
    const metrics = await (await ask(server.url, '/metrics')).text()
    expect(metrics).toMatch(/koyalite_http_connections_max 20\n/)
    expect(metrics).toMatch(/koyalite_http_connections_refused_total [1-9]/)
    some.close()
    expect(await server.kill('SIGTERM')).toBe(0)
  })
})

describe('descriptors run out', () => {
  test('idle connections take all there are: the server goes on, signs in and stores when they have ended', async () => {
    const port = freePort()
    const command = [...koyaliteCommand(), 'start', '--dir', project.dir, '--port', String(port)]
    const child = Bun.spawn(['/bin/sh', '-c', 'ulimit -n 200; exec "$@"', 'sh', ...command], {
      env: koyaliteEnvironment({ KOYALITE_AUTH_RATE_LIMIT_REGISTER: '1000/second' }),
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    const url = `http://127.0.0.1:${port}`
    await answersAgain(url)
    const register = () =>
      createApi(url).post('/api/auth/register', { email: `a${Math.random()}@example.com`, password: 'correct horse 9' })
    const idle = await idleConnections(port, 400)
    // Whatever is answered, or not before there is room: nothing ends the process.
    const pressed = register().catch(() => null)
    idle.close()
    await pressed
    await answersAgain(url)
    expect((await register()).status).toBe(201)
    const text = 'x'.repeat(1024 * 1024)
    for (let id = 1; id <= 40; id++) {
      expect((await createApi(url, key).post('/api/collections/notes', { id, text })).status).toBe(201)
    }
    child.kill('SIGTERM')
    expect(await child.exited).toBe(0)
  })
})
