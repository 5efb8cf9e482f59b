import { CommandError } from '../command-error'
import { formatCount } from '../terminal'
import type { SendError } from './send-rows'
import { RowError } from './source-row'

const SHOWN = 10

export interface FailedImport {
  /** What is meant where a cause names no file. */
  readonly file: string
  /** `--skip` of the failed run. */
  readonly skipped: number
  /** Some documents had to wait for others, so that those written are not simply the first ones. */
  readonly reordered: boolean
}

/** Says what is wrong on which line, what is in the database now, and how to continue. */
export function importFailure(error: SendError, { file, skipped, reordered }: FailedImport): CommandError {
  const problems = error.causes.map((cause) =>
    cause instanceof RowError ? `${cause.file ?? file}:${cause.line} ${cause.message}` : `${file}: ${cause.message}`,
  )
  const more = problems.length - SHOWN
  const lines = [...problems.slice(0, SHOWN), ...(more > 0 ? [`… and ${formatCount(more)} more`] : [])]
  const own = error.causes.flatMap((cause) => (cause instanceof CommandError ? (cause.advice ?? []) : []))
  const advice = [...own, adviceFor(error.written, skipped, reordered)].join('\n')
  return new CommandError(lines.join('\n'), { advice, cause: error })
}

function adviceFor(written: number, skipped: number, reordered: boolean): string {
  const [those, are] = [documents(written), written === 1 ? 'is' : 'are']
  if (written > 0 && reordered) {
    return `${those} ${are} imported. Fix the file and run the command again with --upsert, which leaves them as they are.`
  }
  const state = written === 0 ? 'Nothing was imported.' : `${those} before that ${are} imported, and none after that.`
  const done = skipped + written
  return `${state} Fix the file and ${done === 0 ? 'run the command again' : `continue with --skip ${done}`}.`
}

/** `1 document`, `2,000 documents` */
export function documents(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'document' : 'documents'}`
}
