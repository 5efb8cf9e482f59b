import { mkdir, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '@koyalite/contracts'
import { findPort, serveForwarded } from '@koyalite/kernel'
import { socketPath } from '../control-channel'
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
  project.listensAt(url)
  const socket = socketPath(project.databasePath, 'koyalite-workers')
  await mkdir(dirname(socket), { recursive: true, mode: 0o700 })
  // A killed server left it behind; the lock on the database says that nobody else listens there.
  await unlink(socket).catch(() => {})
  const forwarded = serveForwarded({ path: socket, app: () => project.current().app })
  try {
    const pool = await startWorkers(project, { count, host, port, url, socket })
    return {
      url,
      get pids() {
        return pool.pids
      },
      async close() {
        await pool.close()
        await forwarded.close()
      },
    }
  } catch (error) {
    await forwarded.close(0)
    throw error
  }
}

function requirePossible(project: Project): void {
  if (process.platform !== 'linux') {
    throw new AppError('UNAVAILABLE', 'several workers can share a port on Linux only; start without --workers')
  }
  if (project.databasePath === ':memory:') {
    throw new AppError('UNAVAILABLE', 'a database in memory belongs to one process; start without --workers')
  }
}
