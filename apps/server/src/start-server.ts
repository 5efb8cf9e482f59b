import { chmod, mkdir, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { serve, serveControl } from '@koyalite/kernel'
import { controlSocketPath } from './control-channel'
import { type DevEvent, watchProject } from './dev'
import { openProject, type Project, type ProjectOptions } from './project'
import { startWithWorkers, type WorkersRunning } from './workers/start-with-workers'

export interface ServerOptions extends ProjectOptions {
  /** `dev` follows changes of schema, settings and seeds. */
  readonly mode: 'dev' | 'start'
  /** So many processes answer reads, and this one stores; 1, the default: this one does both. */
  readonly workers?: number
  onEvent?(event: DevEvent): void
}

export interface RunningServer {
  readonly url: string
  readonly project: Project
  /** Where somebody becomes the first operator, good once and for a day; null where there are operators. */
  readonly setupLink: string | null
  /** Process ids of the workers. */
  readonly workers: readonly number[]
  /** Finishes the running requests, then closes everything. */
  close(): Promise<void>
}

/** Opens a project and serves it. Throws ProjectError, or an AppError that says why the port or the file cannot be had. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const project = await openProject(options)
  try {
    const server = await listen(project, options.workers ?? 1)
    const control = await openControl(project)
    const setupLink = await project.current().auth.setupLink()
    const watcher = options.mode === 'dev' ? watchProject(project, options, (event) => options.onEvent?.(event)) : null
    return {
      url: server.url,
      project,
      setupLink,
      get workers() {
        return server.pids
      },
      async close() {
        watcher?.close()
        project.realtime.close()
        await server.close()
        await control?.close()
        await project.close()
      },
    }
  } catch (error) {
    await project.close()
    throw error
  }
}

async function listen(project: Project, workers: number): Promise<WorkersRunning> {
  if (workers > 1) return startWithWorkers(project, workers)
  const { host, port } = project.current().settings.server
  const server = serve({ host, port, app: () => project.current().app })
  project.listensAt(server.url)
  return { url: server.url, pids: [], close: () => server.close() }
}

async function openControl(project: Project) {
  if (project.databasePath === ':memory:') return null
  const socket = controlSocketPath(project.databasePath)
  await mkdir(dirname(socket), { recursive: true, mode: 0o700 })
  // A socket that a killed server left behind; the lock on the database says that nobody else listens there.
  await unlink(socket).catch(() => {})
  const control = serveControl({ path: socket, app: () => project.current().control })
  await chmod(socket, 0o600)
  return control
}
