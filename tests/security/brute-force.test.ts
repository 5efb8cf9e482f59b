import { expect, setDefaultTimeout, test } from 'bun:test'
import { createApi, createProject, expectStatus } from '@koyalite/testkit'
import { askAll, startWorkerServer, type WorkerServer } from '../workers/worker-server'
import { PASSWORD, SCHEMA } from './accounts'

setDefaultTimeout(60_000)

/** Enough connections that every worker gets some: one of three is left out in one case of 10^8. */
const ATTEMPTS = 48
const LIMIT = 20

test.skipIf(process.platform !== 'linux')(
  'guesses that come to several processes are counted by one, and a start forgets none of them',
  async () => {
    const project = createProject({ schema: SCHEMA, settings: `auth: { rate_limit: { login: ${LIMIT}/hour } }\n` })
    const email = 'ann@example.com'
    const guess = (password: string) => ({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    })
    const servers: WorkerServer[] = []
    const start = async () => {
      const server = await startWorkerServer(project, 3)
      servers.push(server)
      return server
    }
    try {
      const server = await start()
      expectStatus(await createApi(server.url).post('/api/auth/register', { email, password: PASSWORD }), 201)
      const guesses = await askAll(`${server.url}/api/auth/login`, ATTEMPTS, guess('wrong password'))
      const wrong = guesses.filter(({ status }) => status === 401).length
      expect(wrong).toBeGreaterThanOrEqual(10)
      expect(wrong).toBeLessThanOrEqual(LIMIT)
      expect(guesses.filter(({ status }) => status === 429)).toHaveLength(ATTEMPTS - wrong)
      await server.kill('SIGKILL')
      // What was tried per hour is forgotten now; how often in a row the password was wrong is not.
      const again = await start()
      const right = await fetch(`${again.url}/api/auth/login`, guess(PASSWORD))
      expect(right.status).toBe(429)
      expect(Number(right.headers.get('retry-after'))).toBeLessThanOrEqual(30)
    } finally {
      for (const server of servers) await server.kill('SIGKILL')
      project.remove()
    }
  },
)
