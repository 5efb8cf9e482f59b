import { CommanderError } from 'commander'
import { OutputClosedError } from './closed-output'
import { CommandError } from './command-error'
import { note, paintError } from './terminal'

/** Says on stderr what went wrong and what to do about it; returns the exit code: 1, or 2 for a usage error. */
export function reportError(error: unknown): number {
  // Commander has printed its message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof OutputClosedError) return 0
  if (error instanceof CommandError) {
    note(`${paintError('red', 'error:')} ${error.message}`)
    if (error.advice !== undefined) note(error.advice)
    return error.exitCode
  }
  // Everything that is wrong with the project's schema and settings, as `file:line:column message`.
  if (error instanceof Error && error.name === 'ProjectError') {
    note(error.message)
    return 1
  }
  if (isConnectionLost(error)) {
    note(
      `${paintError('red', 'error:')} lost the connection to the server; the operation may or may not have completed`,
    )
    note('Check whether the server still runs (its log is in data/logs) and what was done, then try again.')
    return 1
  }
  note(`${paintError('red', 'error:')} ${error instanceof Error ? error.message : String(error)}`)
  return 1
}

/** How the runtime says that the other side of a request has gone away. */
const CONNECTION_LOST = new Set([
  'ConnectionRefused',
  'ConnectionClosed',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'FailedToOpenSocket',
])

function isConnectionLost(error: unknown): boolean {
  return error instanceof Error && 'code' in error && CONNECTION_LOST.has(String(error.code))
}
