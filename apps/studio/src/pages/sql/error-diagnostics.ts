import { splitStatements } from '@koyalite/contracts/sql-statements'
import type { CodeDiagnostic } from '../../kit/code/code-editor'
import type { SqlOutcome } from './run-sql'

const NEAR =
  /^near "(.+)": syntax error$|^no such (?:column|table|function): (?:\w+\.)*(.+)$|^ambiguous column name: (.+)$/s

/** What to underline of a statement that failed: the word that SQLite names, else all of it. Nothing once the statement was changed. */
export function errorDiagnostics(text: string, outcome: SqlOutcome | null): readonly CodeDiagnostic[] {
  const failed = outcome?.statements.find(({ error }) => error !== null)
  if (failed === undefined || failed.error === null || failed.sql === '') return []
  const found = splitStatements(text).find(({ from, to }) => text.slice(from, to) === failed.sql)
  if (found === undefined) return []
  const { message } = failed.error
  const [, near, missing, ambiguous] = NEAR.exec(message) ?? []
  const word = near ?? missing ?? ambiguous
  const at = word === undefined ? -1 : failed.sql.indexOf(word)
  const range = at < 0 || word === undefined ? found : { from: found.from + at, to: found.from + at + word.length }
  return [{ from: range.from, to: range.to, severity: 'error', message }]
}
