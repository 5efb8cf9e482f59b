import { splitStatements } from '@koyalite/contracts'

const READS: ReadonlySet<string> = new Set(['SELECT', 'WITH', 'VALUES', 'EXPLAIN'])
const WRITES: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'REPLACE'])
const SCHEMA: ReadonlySet<string> = new Set(['CREATE', 'ALTER', 'DROP', 'REINDEX'])
const TRANSACTIONS: ReadonlySet<string> = new Set(['BEGIN', 'COMMIT', 'END', 'ROLLBACK', 'SAVEPOINT', 'RELEASE'])

const EXPLAIN = /^EXPLAIN\s+(?:QUERY\s+PLAN\s+)?/i

/**
 * Why a statement may not even be compiled, by its first word: a PRAGMA may take effect while it is compiled. What it then does is checked by
 * its program, whatever the word is. Null: it may.
 */
export function statementRefusal(statement: string, mayWrite: boolean): string | null {
  if (statement.includes('\0')) return 'A statement cannot contain U+0000.'
  const verb = verbOf(statement)
  if (verb === 'EXPLAIN') {
    const inner = withoutExplain(statement)
    if (inner === statement || verbOf(inner) === 'EXPLAIN')
      return 'After EXPLAIN or EXPLAIN QUERY PLAN comes a statement.'
    return statementRefusal(inner, true)
  }
  if (READS.has(verb) || (mayWrite && WRITES.has(verb))) return null
  if (WRITES.has(verb)) return 'This statement writes, and writing is switched off.'
  if (SCHEMA.has(verb))
    return 'SQL does not change the schema here: change schema.yaml, on the page of the schema or in the file, and apply its plan.'
  if (TRANSACTIONS.has(verb)) return 'All statements of a run are one transaction already.'
  if (verb === 'PRAGMA')
    return 'Of all PRAGMAs only table_info, table_xinfo, index_list, index_info, index_xinfo and foreign_key_list run here.'
  return 'Only SELECT, INSERT, UPDATE and DELETE on the tables of collections run here.'
}

/** The statement that an EXPLAIN is about; else the statement itself. */
export function withoutExplain(statement: string): string {
  return statement.replace(EXPLAIN, '')
}

function verbOf(statement: string): string {
  return splitStatements(statement)[0]?.verb ?? ''
}
