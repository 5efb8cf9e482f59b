import { type TestServer, until, useServer } from '@koyalite/testkit'
import { BLOG_SCHEMA } from '../../testing/blog'

export interface SteppingServer extends TestServer {
  /** Moves the server's clock on, and resolves when it is there. */
  step(): Promise<void>
}

/** A server for a test file whose clock the tests move. @param stepMs milliseconds of each step */
export function useSteppingServer(stepMs: number, options: Parameters<typeof useServer>[0] = {}): SteppingServer {
  const server = useServer({
    schema: BLOG_SCHEMA,
    settings: 'auth: { rate_limit: { register: 100000/minute, login: 100000/minute, mail: 100000/hour } }\n',
    preload: `${import.meta.dir}/stepping-clock-process.ts`,
    ...options,
    env: { CLOCK_STEP_MS: String(stepMs), ...options.env },
  })
  const time = async () => {
    const { body } = await server.anonymous.get('/api/auth/me')
    return Date.parse(body.error.timestamp)
  }
  return Object.defineProperties(
    {
      async step() {
        const before = await time()
        process.kill(server.process.pid, 'SIGUSR2')
        await until(async () => (await time()) >= before + stepMs)
      },
    },
    Object.getOwnPropertyDescriptors(server),
  ) as SteppingServer
}
