import { CommandError } from '../command-error'
import { formatCount } from '../terminal'
import type { SendError } from './send-rows'
import { RowError } from './source-row'

const SHOWN = 10

export interface FailedImport {
  /** As the user named it. */
  readonly file: string
  /** `--skip` of the failed run. */
  readonly skipped: number
}

/** Says what is wrong on which line, what is in the database now, and how to go on. */
export function importFailure(error: SendError, { file, skipped }: FailedImport): CommandError {
  const problems = error.causes.map((cause) =>
    cause instanceof RowError ? `${file}:${cause.line} ${cause.message}` : `${file}: ${cause.message}`,
  )
  const more = problems.length - SHOWN
  const lines = [...problems.slice(0, SHOWN), ...(more > 0 ? [`… and ${formatCount(more)} more`] : [])]
  const done = skipped + error.written
  const state =
    error.written === 0
      ? 'Nothing was imported.'
      : `${documents(error.written)} before that ${error.written === 1 ? 'is' : 'are'} imported, and nothing after.`
  const advice =
    done === 0 ? 'Mend the file and run the command again.' : `Mend the file and go on with --skip ${done}.`
  return new CommandError(lines.join('\n'), { advice: `${state} ${advice}`, cause: error })
}

/** `1 document`, `2,000 documents` */
export function documents(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'document' : 'documents'}`
}
