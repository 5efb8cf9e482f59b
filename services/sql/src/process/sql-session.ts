import { AppError, type SqlColumn, type SqlLine } from '@koyalite/contracts'
import { deserializeSchema, type Schema, USERS } from '@koyalite/schema'
import { type ConsoleStatement, openConsole, type SqlConsole, type SqlFunction } from '@koyalite/sqlite'
import { begin, beginReading, end, hideInternalFields, protectUsers } from '../store/console-setup'
import { describingSelect, storedTrees, TABLE_FUNCTIONS } from '../store/stored-tables'
import { checkProgram, collectionsOpened, hasInternal, type ProgramRules, type Programs } from './check-program'
import { describedError } from './described-error'
import { explainStatement } from './explain-statement'
import { rowLines } from './row-lines'
import type { SqlRequest } from './sql-protocol'
import { statementRefusal, withoutExplain } from './statement-kind'
import { type RecordWrite, summarizeWrite } from './summarize-write'

export interface SqlSessionOptions {
  readonly functions: readonly SqlFunction[]
  readonly record: RecordWrite
  /** A statement that may run opens a collection. */
  onOpen(collection: string): void
  /** Something broke that is not about the statement. */
  onFault(error: unknown): void
}

/** Fields of users that say what somebody may do. */
const FIXED_USER_FIELDS = ['role', 'verified', 'claims']

/** Runs the statements of a request, one after the other, and yields lines of NDJSON. It never throws: what went wrong is the last line. */
export function* sqlSession(request: SqlRequest, options: SqlSessionOptions): Generator<string, void> {
  const position = { statement: 0 }
  let console: SqlConsole | null = null
  let isOpen = false
  try {
    const { path, key, work } = request
    const schema = deserializeSchema(request.schema)
    console = openConsole({ path, key, mode: work.kind === 'write' ? 'write' : 'read', functions: options.functions })
    if (work.kind === 'write') protectUsers(console, schema.collections.get(USERS), FIXED_USER_FIELDS)
    else if (!request.showsInternal) hideInternalFields(console, schema)
    const session: Session = {
      console,
      schema,
      request,
      rules: rulesOf(console, schema, request),
      direct: new Map(),
      onOpen: options.onOpen,
    }
    if (work.kind === 'write') begin(console)
    else beginReading(console)
    isOpen = true
    const before = work.kind === 'write' ? console.tx.lastSeq() : 0
    for (const [index, text] of request.statements.entries()) {
      position.statement = index
      yield* runOne(session, { index, text })
    }
    if (work.kind === 'write') {
      const summary = summarizeWrite({ console, schema, work, before, direct: session.direct }, options.record)
      end(console, summary.committed ? 'commit' : 'roll_back')
      isOpen = false
      yield lineOf(summary)
    }
  } catch (error) {
    const { code, message } = describedError(error, options.onFault)
    yield lineOf({ type: 'error', statement: position.statement, code, message })
  } finally {
    if (isOpen && console !== null) end(console, 'roll_back')
    console?.close()
  }
}

interface Session {
  readonly console: SqlConsole
  readonly schema: Schema
  readonly request: SqlRequest
  readonly rules: ProgramRules
  /** Rows that statements have changed themselves, by the collection that they name. */
  readonly direct: Map<string, number>
  onOpen(collection: string): void
}

function rulesOf(console: SqlConsole, schema: Schema, { work, showsInternal }: SqlRequest): ProgramRules {
  const functions = TABLE_FUNCTIONS.flatMap((text) =>
    console.programs(text).flatMap((program) => program.filter(({ opcode }) => opcode === 'VOpen').map(({ p4 }) => p4)),
  )
  return {
    schema,
    trees: storedTrees(console),
    tableFunctions: new Set(functions),
    mayWrite: work.kind === 'write',
    showsInternal,
  }
}

function* runOne(
  { console, schema, request, rules, direct, onOpen }: Session,
  { index, text }: { readonly index: number; readonly text: string },
): Generator<string, void> {
  const started = performance.now()
  const sql = describingSelect(text) ?? text
  const refusal = statementRefusal(sql, rules.mayWrite)
  if (refusal !== null) throw new AppError('FORBIDDEN', refusal)
  const checked = withoutExplain(sql)
  const programs = console.programs(checked)
  const forbidden = checkProgram(programs, rules) ?? internalWriteRefusal(programs, rules)
  if (forbidden !== null) throw new AppError('FORBIDDEN', forbidden)
  for (const { name } of collectionsOpened(programs, rules, 'OpenRead', 'OpenWrite')) onOpen(name)
  if (request.work.kind === 'plan') {
    yield lineOf({ type: 'statement', statement: index, sql: text, columns: [] })
    yield lineOf({ type: 'plan', ...explainStatement(console, schema, { text: checked, programs, rules }) })
    yield lineOf({ type: 'end', rows: 0, cut: false, ms: performance.now() - started, changed: null })
    return
  }
  const statement = console.prepare(sql)
  if (!rules.mayWrite && (!statement.isReadonly || statement.columns.length === 0))
    throw new AppError('FORBIDDEN', 'This statement does not only read, and writing is switched off.')
  yield lineOf({ type: 'statement', statement: index, sql: text, columns: columnsOf(schema, statement) })
  const count = (changed: number) => {
    for (const { name } of collectionsOpened(programs, rules, 'OpenWrite'))
      direct.set(name, (direct.get(name) ?? 0) + changed)
  }
  if (statement.columns.length === 0) {
    const changed = statement.run()
    count(changed)
    yield lineOf({ type: 'end', rows: 0, cut: false, ms: performance.now() - started, changed })
    return
  }
  const limit = statement.isReadonly ? request.limit : Number.POSITIVE_INFINITY
  const { rows, cut } = yield* rowLines(statement.rows(), limit)
  const changed = statement.isReadonly ? null : rows
  if (changed !== null) count(changed)
  yield lineOf({ type: 'end', rows, cut, ms: performance.now() - started, changed })
}

/** A write reads whole rows, so that a program does not tell which fields the statement has asked for. */
function internalWriteRefusal(programs: Programs, rules: ProgramRules): string | null {
  if (!rules.mayWrite || rules.showsInternal) return null
  const names = collectionsOpened(programs, rules, 'OpenRead', 'OpenWrite')
  const hiding = names.find(hasInternal)
  return hiding === undefined
    ? null
    : `${hiding.name} has internal fields: it takes the permission sql_internal:read to write to it by SQL.`
}

function columnsOf({ collections }: Schema, { columns }: ConsoleStatement): readonly SqlColumn[] {
  return columns.map(({ name, table, column }) => {
    const collection = [...collections.values()].find((one) => one.table === table)
    const field = [...(collection?.fields.values() ?? [])].find((one) => one.column === column)
    return { name, collection: field === undefined ? null : (collection?.name ?? null), field: field?.name ?? null }
  })
}

function lineOf(line: SqlLine): string {
  return `${JSON.stringify(line)}\n`
}
