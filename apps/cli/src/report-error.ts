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
  const problems = problemsOf(error)
  if (problems.length > 0) {
    for (const problem of problems) note(problem)
    note(
      paintError('red', `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}; nothing was changed.`),
    )
    return 1
  }
  note(`${paintError('red', 'error:')} ${error instanceof Error ? error.message : String(error)}`)
  return 1
}

/** `file:line:column message`, all at once: what is wrong with a project's schema or settings. */
function problemsOf(error: unknown): readonly string[] {
  if (typeof error !== 'object' || error === null || !('problems' in error) || !Array.isArray(error.problems)) return []
  return error.problems.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`)
}
