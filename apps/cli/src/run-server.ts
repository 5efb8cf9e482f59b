import type { openOffline, RestartRequest, RunningServer, ServerOptions, startServer } from '@koyalite/server'
import { note, paintError } from './terminal'
import { type StopRequest, untilSignal } from './until-signal'

/** A start that was asked to end gets so long to close what it has opened. Nothing is lost by ending it: the database recovers from any end. */
const GIVE_UP_MS = 5_000

export interface ServingWork {
  /** Done once it serves. */
  serving(server: RunningServer): Promise<void>
  /** Ends the server as a signal does. */
  readonly until?: Promise<void>
  /** Done before it is closed. */
  ending?(): Promise<void>
}

/**
 * Serves a project until Ctrl-C or a supervisor's request to end, which may come while it starts too. Whatever fails in `serving`, the server is closed:
 * a process that has reported an error must not continue listening. Where a backup is restored, the server starts again in this process.
 */
export async function runServer(options: Omit<ServerOptions, 'signal'>, work: ServingWork): Promise<void> {
  const server = await import('@koyalite/server')
  const stop = untilSignal()
  let restart: RestartRequest | null = null
  do {
    const run = { options, stop, startServer: server.startServer }
    try {
      restart = await serveOnce(run, work)
    } catch (error) {
      if (!(error instanceof StartFailed)) throw error
      if (restart === null) throw error.cause
      await putBack(server.openOffline, options.dir, { from: restart.undo, why: error.cause })
      restart = await serveOnce(run, work)
    }
  } while (restart !== null)
}

/** What a server could not be started for: nothing is open then. */
class StartFailed extends Error {}

interface Run {
  readonly options: Omit<ServerOptions, 'signal'>
  readonly stop: StopRequest
  readonly startServer: typeof startServer
}

/** Returns what asked for another start; null where it is to end. Throws StartFailed. */
async function serveOnce(
  { options, stop: { signal, received }, startServer }: Run,
  { serving, until, ending }: ServingWork,
): Promise<RestartRequest | null> {
  const giveUp = () => setTimeout(() => process.exit(1), GIVE_UP_MS).unref()
  signal.addEventListener('abort', giveUp, { once: true })
  let server: RunningServer
  try {
    server = await startServer({ ...options, signal })
  } catch (cause) {
    if (!signal.aborted) throw new StartFailed('', { cause })
    note('Stopped before the server was ready.')
    return null
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
  try {
    if (server.controlProblem !== null) {
      note(`${paintError('yellow', 'warning:')} other commands cannot reach this server. ${server.controlProblem}`)
    }
    const ended: Promise<RestartRequest | null> = Promise.race([
      server.restartAsked,
      ...[received, ...(until === undefined ? [] : [until])].map((end) => end.then(() => null)),
    ])
    const restart = await Promise.race([serving(server).then(() => ended), ended])
    if (restart === null) await ending?.()
    else note('A backup is put in place: the server starts again.')
    return restart
  } finally {
    await server.close()
  }
}

/** What was restored cannot be served: everything as it was before. */
async function putBack(
  open: typeof openOffline,
  dir: string,
  { from, why }: { readonly from: string; readonly why: unknown },
): Promise<void> {
  const problem = why instanceof Error ? why.message : String(why)
  note(
    `${paintError('yellow', 'warning:')} the restored backup cannot be served, so what was there before is put back. ${problem}`,
  )
  await open(dir).restore({ from, problem })
}
