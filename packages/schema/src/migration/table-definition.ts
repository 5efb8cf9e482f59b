import { quoteName } from '@koyalite/contracts'
import { afterGroup, isWord, type SqlToken, splitAtCommas, sqlTokens, tokenName } from './sql-tokens'

/** A CREATE TABLE in its parts, each with its text, so that what nobody changes stays as its author wrote it. */
export interface TableDefinition {
  readonly columns: readonly ColumnDefinition[]
  readonly constraints: readonly Clause[]
  /** What follows the parentheses: `STRICT`, `WITHOUT ROWID`. */
  readonly tail: string
}

export interface ColumnDefinition {
  /** In lower case. */
  readonly name: string
  /** As it is written. */
  readonly written: string
  readonly type: string
  readonly clauses: readonly Clause[]
  readonly text: string
}

/** A constraint of a column or a table. */
export interface Clause {
  /** `null` is NOT NULL, and the NULL that says nothing. */
  readonly kind: 'primary' | 'null' | 'unique' | 'check' | 'default' | 'references' | 'generated' | 'other'
  readonly text: string
  readonly tokens: readonly SqlToken[]
  /** What the first parentheses name, in lower case: the columns of a UNIQUE, PRIMARY KEY or FOREIGN KEY. */
  readonly columns: readonly string[]
}

/** The parts of a statement of `sqlite_schema`; null where it cannot be read. */
export function parseTable(sql: string): TableDefinition | null {
  const tokens = sqlTokens(sql)
  const open = tokens.findIndex(({ text }) => text === '(')
  if (open < 0) return null
  const after = afterGroup(tokens, open)
  const parts = splitAtCommas(tokens.slice(open + 1, after - 1))
  const isColumn = ([first]: readonly SqlToken[]) =>
    !isWord(first, 'CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN')
  const columns = parts.filter(isColumn).map((part) => parseColumn(sql, part))
  const constraints = parts.filter((part) => !isColumn(part)).map((part) => parseClauses(sql, part))
  if (columns.includes(null) || constraints.includes(null)) return null
  return {
    columns: columns.flatMap((column) => column ?? []),
    constraints: constraints.flatMap((clauses) => clauses ?? []),
    tail: sql.slice(tokens[after - 1]?.end),
  }
}

export function printTable({ columns, constraints, tail }: TableDefinition, table: string): string {
  const lines = [...columns, ...constraints].map(({ text }) => `  ${text}`)
  return `CREATE TABLE ${quoteName(table)} (\n${lines.join(',\n')}\n)${tail}`
}

/** A clause that was not in the table before. */
export function newClause(kind: Clause['kind'], text: string): Clause {
  return { kind, text, tokens: sqlTokens(text), columns: [] }
}

/** A column with other clauses or another type. */
export function rewritten(column: ColumnDefinition, type: string, clauses: readonly Clause[]): ColumnDefinition {
  const parts = [column.written, type, ...clauses.map(({ text }) => text)]
  return { ...column, type, clauses, text: parts.filter((part) => part !== '').join(' ') }
}

const CLAUSE_STARTS = [
  ...['CONSTRAINT', 'PRIMARY', 'NOT', 'NULL', 'UNIQUE', 'CHECK', 'DEFAULT', 'COLLATE', 'REFERENCES', 'GENERATED', 'AS'],
  ...['DEFERRABLE', 'ON'],
]

function parseColumn(sql: string, tokens: readonly SqlToken[]): ColumnDefinition | null {
  const [first, ...rest] = tokens
  if (!first) return null
  const start = rest.findIndex((token) => isWord(token, ...CLAUSE_STARTS))
  const type = start < 0 ? rest : rest.slice(0, start)
  const clauses = parseClauses(sql, start < 0 ? [] : rest.slice(start))
  if (!clauses) return null
  return { name: tokenName(first), written: first.text, type: textOf(sql, type), clauses, text: textOf(sql, tokens) }
}

/** Clauses one after the other; SQLite wants no commas between those of a table either. */
function parseClauses(sql: string, tokens: readonly SqlToken[]): readonly Clause[] | null {
  const clauses: Clause[] = []
  for (let at = 0; at < tokens.length; ) {
    const read = readClause(tokens, at)
    if (!read || read.end <= at) return null
    const own = tokens.slice(at, read.end)
    clauses.push({ kind: read.kind, text: textOf(sql, own), tokens: own, columns: namesInGroup(own) })
    at = read.end
  }
  return clauses
}

function readClause(
  tokens: readonly SqlToken[],
  start: number,
): { readonly kind: Clause['kind']; readonly end: number } | undefined {
  let at = start
  const is = (...words: readonly string[]) => isWord(tokens[at], ...words)
  const skip = (...words: readonly string[]) => {
    if (is(...words)) at++
  }
  const group = () => {
    if (tokens[at]?.text === '(') at = afterGroup(tokens, at)
  }
  const conflict = () => {
    if (is('ON') && isWord(tokens[at + 1], 'CONFLICT')) at += 3
  }
  const done = (kind: Clause['kind']) => ({ kind, end: Math.min(at, tokens.length) })
  if (is('CONSTRAINT')) at += 2
  const word = tokens[at]?.kind === 'word' ? tokens[at]?.text.toUpperCase() : undefined
  at++
  switch (word) {
    case 'PRIMARY':
      skip('KEY')
      group()
      skip('ASC', 'DESC')
      conflict()
      skip('AUTOINCREMENT')
      return done('primary')
    case 'NOT':
      if (!is('NULL')) return deferrable()
      at++
      conflict()
      return done('null')
    case 'NULL':
      conflict()
      return done('null')
    case 'UNIQUE':
      group()
      conflict()
      return done('unique')
    case 'CHECK':
      group()
      conflict()
      return done('check')
    case 'DEFAULT':
      if (tokens[at]?.text === '+' || tokens[at]?.text === '-') at++
      if (tokens[at]?.text === '(') group()
      else at++
      return done('default')
    case 'COLLATE':
      at++
      return done('other')
    case 'FOREIGN':
      skip('KEY')
      group()
      skip('REFERENCES')
      return references()
    case 'REFERENCES':
      return references()
    case 'GENERATED':
      skip('ALWAYS')
      skip('AS')
      group()
      skip('STORED', 'VIRTUAL')
      return done('generated')
    case 'AS':
      group()
      skip('STORED', 'VIRTUAL')
      return done('generated')
    case 'DEFERRABLE':
      at--
      return deferrable()
    default:
      // A name for no constraint, which SQLite takes.
      return word === undefined && at > tokens.length ? done('other') : undefined
  }

  function deferrable() {
    skip('DEFERRABLE')
    if (is('INITIALLY')) at += 2
    return done('other')
  }

  function references() {
    at++
    group()
    while (at < tokens.length) {
      if (is('ON') && !isWord(tokens[at + 1], 'CONFLICT')) at += isWord(tokens[at + 2], 'SET', 'NO') ? 4 : 3
      else if (is('MATCH')) at += 2
      else if (is('DEFERRABLE')) deferrable()
      else if (is('NOT') && isWord(tokens[at + 1], 'DEFERRABLE')) {
        at++
        deferrable()
      } else break
    }
    return done('references')
  }
}

/** Each is a name, maybe with a collation or an order. */
function namesInGroup(tokens: readonly SqlToken[]): readonly string[] {
  const open = tokens.findIndex(({ text }) => text === '(')
  if (open < 0) return []
  return splitAtCommas(tokens.slice(open + 1, afterGroup(tokens, open) - 1)).flatMap(([first]) =>
    first ? [tokenName(first)] : [],
  )
}

function textOf(sql: string, tokens: readonly SqlToken[]): string {
  return sql.slice(tokens[0]?.start ?? 0, tokens.at(-1)?.end ?? 0)
}
