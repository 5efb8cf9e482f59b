import { withoutWorkBudget } from '@koyalite/contracts'
import { SELECT_LAST_SEQ } from '../changes/change-log'
import { connect, type SqlFunction } from '../driver/connection'
import { dropCachedPages, isDamage } from '../driver/damage'
import type { Connection } from '../driver/driver'
import { endWithParent } from '../driver/end-with-parent'
import { isSqliteFailure } from '../driver/sqlite-error'
import { StatementCache } from '../driver/statement-cache'
import { NO_PARAMS } from '../writer/tx'
import type { QueryRun, ReaderReply, ReaderRequest, StreamReply, StreamRequest } from './reader-protocol'
import { type Portion, rowText } from './row-text'
import { startRun } from './run-cost'
import { checkReads, columnNames, ReadOnlyError, takeRows } from './run-query'

export interface RunReaderOptions {
  /** The same as those of the database that the process reads. */
  readonly functions: readonly SqlFunction[]
}

/**
 * The main function of a reader process: the program named by `readerCommand` calls this and nothing else. It answers one query after the other until its
 * parent closes the channel, kills it, or is gone.
 */
export function runReader({ functions }: RunReaderOptions): void {
  let source: Source | null = null
  endWithParent()
  process.on('disconnect', () => process.exit(0))
  process.on('message', (request: ReaderRequest) => {
    if (request.type === 'open') {
      const connection = connect({ path: request.path, mode: 'read', key: request.key, functions })
      source = { connection, statements: new StatementCache(connection, { size: 100 }) }
      return
    }
    if (request.type !== 'query') {
      process.send?.(withoutWorkBudget(() => streaming(source, request)))
      return
    }
    const { id } = request
    const open = source
    // A caller that has waited too long kills this process.
    process.send?.(open === null ? notOpen(id) : withoutWorkBudget(() => response(open, request)))
  })
}

interface Source {
  readonly connection: Connection
  readonly statements: StatementCache
  portions?: IterableIterator<Portion>
}

function streaming(source: Source | null, request: StreamRequest): StreamReply {
  if (source === null) return { ...notOpen(0), type: 'error' }
  try {
    if (request.type === 'stream') {
      const { seq, portions } = rowText(source.connection, request.statements)
      source.portions = portions
      return { type: 'begun', seq }
    }
    const next = source.portions?.next()
    return next === undefined || next.done === true ? { type: 'end' } : { type: 'portion', ...next.value }
  } catch (error) {
    return { type: 'error', ...describe(error, source) }
  }
}

function response({ connection, statements }: Source, request: ReaderRequest & { type: 'query' }): ReaderReply {
  try {
    // One read transaction: the rows of all and the number are of the same state.
    connection.exec('BEGIN')
    const seq = (statements.get(SELECT_LAST_SEQ).get(NO_PARAMS)?.[0] as number | null) ?? 0
    const runs = request.statements.map(({ text, params }): QueryRun => {
      const cost = startRun()
      const statement = statements.get(text)
      checkReads(statement)
      const result = { ...takeRows(statement, params, request.maxRows), columns: columnNames(statement), seq }
      return { result, ms: cost() }
    })
    return { type: 'rows', id: request.id, runs }
  } catch (error) {
    return { type: 'error', id: request.id, ...describe(error, { connection }) }
  } finally {
    if (connection.inTransaction) connection.exec('ROLLBACK')
  }
}

function describe(
  error: unknown,
  { connection }: Pick<Source, 'connection'>,
): { message: string; code: string | null } {
  if (isDamage(error)) dropCachedPages(connection)
  if (error instanceof ReadOnlyError) return { message: error.message, code: error.code }
  return {
    message: error instanceof Error ? error.message : String(error),
    code: isSqliteFailure(error) ? error.code : null,
  }
}

function notOpen(id: number): ReaderReply & { type: 'error' } {
  return { type: 'error', id, message: 'the reader process has no database open', code: 'SQLITE_CANTOPEN' }
}
