import { afterAll, beforeAll, setDefaultTimeout } from 'bun:test'
import { type Api, createApi } from './api'
import { createKey } from './create-key'
import { type EffectsReader, readEffects } from './effects'
import { type ServerOptions, type ServerProcess, startServer } from './server-process'
import { createProject, type ProjectFiles, type TempProject } from './temp-project'

export interface TestServer {
  readonly project: TempProject
  readonly process: ServerProcess
  /** With a service key of scope admin. */
  readonly api: Api
  readonly key: string
  /** Without credentials. */
  readonly anonymous: Api
  /** Reads what requests cause, from when it is first used. */
  readonly effects: EffectsReader
  /** Ends the server and starts it again on the same project; `api` and `anonymous` continue working. */
  restart(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** One server for a test file: started before its tests, ended after them. Its members can be used inside tests only. */
export function useServer(options: ProjectFiles & ServerOptions): TestServer {
  setDefaultTimeout(60_000)
  // In production, which is the default, a studio's documents are locked until somebody unlocks them.
  const served = { ...options, env: { KOYALITE_ENV: 'staging', ...options.env } }
  let running: { project: TempProject; process: ServerProcess; key: string } | undefined
  const current = () => {
    if (running === undefined) throw new Error('the server runs inside tests only')
    return running
  }
  beforeAll(async () => {
    const project = createProject(options)
    const process = await startServer(project, served)
    try {
      running = { project, process, key: await createKey(project) }
    } catch (error) {
      await process.kill('SIGKILL')
      throw error
    }
  }, 60_000)
  let effects: EffectsReader | undefined
  afterAll(async () => {
    effects?.close()
    await running?.process.kill('SIGKILL')
    running?.project.remove()
  })
  return {
    get project() {
      return current().project
    },
    get process() {
      return current().process
    },
    get key() {
      return current().key
    },
    get api() {
      return createApi(current().process.url, current().key)
    },
    get anonymous() {
      return createApi(current().process.url)
    },
    get effects() {
      effects ??= readEffects(current().project.path('data/koyalite.db'))
      return effects
    },
    async restart(signal = 'SIGTERM') {
      const { project, process, key } = current()
      await process.kill(signal)
      running = { project, key, process: await startServer(project, served) }
    },
  }
}
