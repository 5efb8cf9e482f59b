import { AppError } from '@koyalite/contracts'
import { type UpToDate, unconfirmedReason } from '../operations/bring-up-to-date'

/** What an attempt to bring a database up to date has come to, for those who asked for it. @throws AppError CONFLICT */
export function appliedView(result: UpToDate) {
  if (result.kind === 'failed') throw migrationFailed(result.problems)
  if (result.kind === 'held_back') {
    const lines = result.differences.map(({ line, reason }) => `${line}${reason === undefined ? '' : `: ${reason}`}`)
    const message = `schema.yaml has changes that need a migration file: ${lines.join('; ')}`
    const details = lines.map((line) => ({ field: 'schema', code: 'held_back', message: line }))
    throw new AppError('CONFLICT', message, { details })
  }
  if (result.kind === 'unconfirmed') {
    const reasons = result.drafts.map(unconfirmedReason)
    const details = reasons.map((message) => ({ field: 'schema', code: 'unconfirmed', message }))
    const drafts = reasons.join('; ')
    const message = `${drafts}: edit it, add the line "confirm: true" to it, or apply it with {"confirm": true}.`
    throw new AppError('CONFLICT', message, { details })
  }
  const { migrations } = result
  return { applied: migrations, changes: result.kind === 'applied' ? result.changes : [] }
}

export function migrationFailed(problems: readonly string[]): AppError {
  const details = problems.map((message) => ({ field: 'schema', code: 'migration', message }))
  return new AppError('CONFLICT', problems.join('\n'), { details })
}
