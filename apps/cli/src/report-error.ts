import { CommanderError } from 'commander'
import { CommandError } from './command-error'
import { note, paintError } from './terminal'

/** Says on stderr what went wrong and what to do about it; gives the exit code: 1, or 2 where the command was called wrongly. */
export function reportError(error: unknown): number {
  // Commander has printed its message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
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
  note(`${paintError('red', 'error:')} ${error instanceof Error ? error.message : String(error)}`)
  return 1
}
