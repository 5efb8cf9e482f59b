import type { RunningServer, ServerOptions } from '@koyalite/server'
import { note, paintError } from './terminal'
import { untilSignal } from './until-signal'

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
 * a process that has reported an error must not continue listening.
 */
export async function runServer(
  options: Omit<ServerOptions, 'signal'>,
  { serving, until, ending }: ServingWork,
): Promise<void> {
  const { startServer } = await import('@koyalite/server')
  const { signal, received } = untilSignal()
  const giveUp = () => setTimeout(() => process.exit(1), GIVE_UP_MS).unref()
  signal.addEventListener('abort', giveUp, { once: true })
  let server: RunningServer
  try {
    server = await startServer({ ...options, signal })
  } catch (error) {
    if (!signal.aborted) throw error
    return note('Stopped before the server was ready.')
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
  try {
    if (server.controlProblem !== null) {
      note(`${paintError('yellow', 'warning:')} other commands cannot reach this server. ${server.controlProblem}`)
    }
    const ended = until === undefined ? received : Promise.race([received, until])
    await Promise.race([serving(server).then(() => ended), ended])
    await ending?.()
  } finally {
    await server.close()
  }
}
