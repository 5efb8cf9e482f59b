import { AppError } from '@koyalite/contracts'
import { serve, serveControl } from '@koyalite/kernel'
import type { Restart } from '@koyalite/operations'
import { prepareControlSocket } from './control-channel'
import { type DevEvent, watchProject } from './dev'
import type { Loaded } from './load-project'
import { openProject, type Project, type ProjectOptions } from './project'
import { createStartingServer, type StartingServer } from './starting-server'
import { studioPort } from './studio-place'
import { startWithWorkers, type WorkersRunning } from './workers/start-with-workers'

export interface ServerOptions extends Omit<ProjectOptions, 'onRestart'> {
  /** `dev` follows changes of schema, settings and seeds. */
  readonly mode: 'dev' | 'start'
  /** So many processes serve reads, and this one stores; 1, the default: this one does both. */
  readonly workers?: number
  onEvent?(event: DevEvent): void
}

export interface RunningServer {
  readonly url: string
  /** Where operators open the studio; null where it is off, or its port is taken. */
  readonly studioUrl: string | null
  readonly project: Project
  /** Where somebody becomes the first operator, good once and for a day; null where there are operators. */
  readonly setupLink: string | null
  /** Process ids of the workers. */
  readonly workers: readonly number[]
  /** Why commands cannot reach this server; null where they can. */
  readonly controlProblem: string | null
  /** Resolves when it is to be closed and started again: a backup waits to be put in place. */
  readonly restartAsked: Promise<RestartRequest>
  /** Finishes the running requests, then closes everything. */
  close(): Promise<void>
}

export type RestartRequest = Parameters<Restart>[0]

/**
 * Opens a project and serves it. The port is opened last, or when a long migration begins: until all is ready, only /health/live is answered there. An aborted `signal` cancels the start. Throws ProjectError, or an AppError
 * that says why the port or the file cannot be had; nothing is left open then.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { signal } = options
  signal?.throwIfAborted()
  const since = Date.now()
  const starting = createStartingServer()
  const onMigrating = (step: string, loaded: Loaded) => {
    starting.migrating(step, loaded)
    options.onMigrating?.(step, loaded)
  }
  const onNote = (lines: readonly string[]) => options.onEvent?.({ type: 'note', lines })
  const notes = options.mode === 'dev' ? { onNote } : {}
  const restart = Promise.withResolvers<RestartRequest>()
  const project = await openProject({ ...options, ...notes, onMigrating, onRestart: restart.resolve }).catch(
    async (error: unknown) => {
      await starting.close()
      signal?.throwIfAborted()
      throw error
    },
  )
  /** Closed in this order, whether the start fails or the server ends. */
  const closers: (() => unknown)[] = [() => starting.close(), () => project.close()]
  const closeAll = async (): Promise<void> => {
    const failures: unknown[] = []
    for (const close of closers.splice(0)) {
      try {
        await close()
      } catch (error) {
        // Everything after it, including the database, is closed anyway.
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
  try {
    signal?.throwIfAborted()
    await project.services.startThreads()
    const control = openControl(project)
    closers.unshift(control.close)
    signal?.throwIfAborted()
    const server = await listen(project, starting, options.workers ?? 1)
    closers.unshift(() => server.close())
    const studio = listenForStudio(project, server.url)
    closers.unshift(() => studio.close())
    signal?.throwIfAborted()
    const setupLink = await project.services.setupLink()
    const report = (event: DevEvent) => options.onEvent?.(event)
    const watcher = options.mode === 'dev' ? watchProject(project, { ...options, since }, report) : null
    closers.unshift(
      () => watcher?.close(),
      () => project.services.settle(),
      () => project.services.drain(),
    )
    return {
      url: server.url,
      studioUrl: studio.url,
      project,
      setupLink,
      controlProblem: control.problem,
      restartAsked: restart.promise,
      get workers() {
        return server.pids
      },
      close: closeAll,
    }
  } catch (error) {
    await closeAll().catch((err: unknown) => project.log.error({ err }, 'shutdown failed'))
    throw error
  }
}

async function listen(project: Project, starting: StartingServer, workers: number): Promise<WorkersRunning> {
  if (workers > 1) {
    await starting.close()
    return startWithWorkers(project, workers)
  }
  const { host, port, max_connections: max } = project.current().settings.server
  const app = () => project.current().app
  const server = starting.handOver(app) ?? serve({ host, port, app })
  project.metrics.register(...server.limitConnections({ max, log: project.log }))
  project.services.listensAt(server.url)
  return { url: server.url, pids: [], close: () => server.close() }
}

/** On a port of its own, where the studio has one. Throws an AppError for a port that was chosen and cannot be had. */
function listenForStudio(
  project: Project,
  appUrl: string,
): { readonly url: string | null; close(): Promise<void> | void } {
  const { services, log } = project
  const place = services.studioPlace
  const { enabled: isServed, path } = project.current().settings.studio
  if (place.kind !== 'port') return { url: isServed ? `${services.studioUrl()}${path}/` : null, close() {} }
  try {
    const port = studioPort(place, appUrl)
    const server = serve({ host: place.host, port, app: () => project.current().studio })
    return { url: `${services.studioUrl()}${path}/`, close: () => server.close() }
  } catch (error) {
    // The app is served without it: nobody has chosen this port.
    if (place.isChosen || !(error instanceof AppError)) throw error
    log.warn({ err: error }, 'the studio is not served: its port cannot be had. Set studio.port or studio.host')
    return { url: null, close() {} }
  }
}

interface Control {
  readonly problem: string | null
  close(): Promise<void>
}

/** A folder that others may write to is not safe for it; the server still starts. */
function openControl(project: Project): Control {
  if (project.databasePath === ':memory:') return { problem: null, async close() {} }
  try {
    const socket = prepareControlSocket(project.databasePath)
    const server = serveControl({ path: socket.address, app: () => project.current().control })
    return {
      problem: null,
      async close() {
        await server.close()
        socket.close()
      },
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    project.log.warn({ err: error }, 'commands cannot reach this server')
    return { problem: error.message, async close() {} }
  }
}
