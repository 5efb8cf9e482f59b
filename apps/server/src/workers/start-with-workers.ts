import { AppError } from '@koyalite/contracts'
import { findPort, serveForwarded } from '@koyalite/kernel'
import { prepareWorkersSocket } from '../control-channel'
import type { Project } from '../project'
import { startWorkers } from './worker-pool'

export interface WorkersRunning {
  readonly url: string
  readonly pids: readonly number[]
  /** Finishes the running requests of all workers. */
  close(): Promise<void>
}

/**
 * Serves a project by several processes that share its port; this one stores what they pass on, and answers nothing else.
 * @throws AppError UNAVAILABLE where that is not possible, or the port cannot be had
 */
export async function startWithWorkers(project: Project, count: number): Promise<WorkersRunning> {
  requirePossible(project)
  const { host, port: wanted } = project.current().settings.server
  const port = await findPort({ host, port: wanted })
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  project.services.listensAt(url)
  const socket = prepareWorkersSocket(project.databasePath)
  const forwarded = serveForwarded({ path: socket.address, app: () => project.current().app })
  try {
    const pool = await startWorkers(project, { count, host, port, url })
    return {
      url,
      get pids() {
        return pool.pids
      },
      async close() {
        await pool.close()
        await forwarded.close()
        socket.close()
      },
    }
  } catch (error) {
    await forwarded.close(0)
    socket.close()
    throw error
  }
}

function requirePossible(project: Project): void {
  if (process.platform !== 'linux') {
    throw new AppError('UNAVAILABLE', 'workers are supported on Linux only; start without --workers')
  }
  if (project.databasePath === ':memory:') {
    throw new AppError('UNAVAILABLE', 'a database in memory cannot be shared with workers; start without --workers')
  }
}
