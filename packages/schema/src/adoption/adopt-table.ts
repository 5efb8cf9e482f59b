import type { ForeignColumn, ForeignTable } from '@koyalite/contracts'
import type { Collection, Field, Index } from '../model'
import { NAME, sqlNameProblem } from '../names'
import { adoptedNames } from './adopted-name'
import { columnDefault } from './column-default'
import { columnType } from './column-type'

/** Something that a schema cannot represent, or that a user who adopts a database should know. */
export interface Finding {
  /** `left`: stays in the file as it is, and is not part of the API. */
  readonly kind: 'left' | 'note'
  /** The table or column, as the database calls it. */
  readonly subject: string
  readonly message: string
}

export type AdoptedTable =
  | { readonly ok: true; readonly collection: Collection; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly finding: Finding }

const FOREIGN_PARTS = 'needs functions or collations of the program that created it'

const CLAUSES: Readonly<Record<ForeignTable['clauses'][number], string>> = {
  CHECK: 'CHECK constraints',
  COLLATE: 'columns with a collation (COLLATE)',
  'ON CONFLICT': 'constraints that replace or ignore rows (ON CONFLICT; the API rejects conflicts anyway)',
}

const START = { line: 1, column: 1 }

/** A collection over a table, without its references. */
export function adoptTable(table: ForeignTable, name: string): AdoptedTable {
  const left = (message: string): AdoptedTable => ({
    ok: false,
    finding: { kind: 'left', subject: table.name, message },
  })
  const badName = nameProblem(table.name, 'table')
  if (badName !== undefined) return left(`${badName}: rename it (ALTER TABLE … RENAME TO …), and adopt that`)
  if (table.unreadable !== null) return left(`${FOREIGN_PARTS} (${table.unreadable})`)
  const keys = table.columns.filter(({ key }) => key > 0).toSorted((a, b) => a.key - b.key)
  const [key] = keys
  if (!key) {
    return left('has no primary key: copy its rows into a new table with one (id INTEGER PRIMARY KEY), and adopt that')
  }
  if (keys.length > 1) {
    const columns = keys.map((column) => column.name).join(', ')
    return left(
      `has a composite primary key (${columns}): give it one key column (id INTEGER PRIMARY KEY) and a unique index on these`,
    )
  }
  if (key.incomparable !== null) return left(`${FOREIGN_PARTS} (${key.incomparable})`)
  if (key.values.nulls > 0) return left(`has rows without a key (${key.name} is null)`)
  const keyType = columnType(key).type
  if (keyType !== 'int' && keyType !== 'string' && keyType !== 'text' && keyType !== 'uuid') {
    return left(
      `has a key of type ${key.declared || 'none'} with values that are neither integers nor texts (${key.name})`,
    )
  }
  if (key.values.beyondSafe > 0) {
    return left(
      `has keys beyond ±(2^53 − 1) (${key.name}, in ${key.values.beyondSafe} of ${table.rows} rows), which JavaScript clients cannot represent exactly: convert the key and all references to texts (CAST(${key.name} AS TEXT)) or to smaller numbers, then adopt it`,
    )
  }
  if (key.collation !== null && (keyType === 'string' || keyType === 'text')) {
    return left(
      `has a key that compares by ${key.collation} (${key.name}): two different URLs would address one document. Copy its rows into a table whose key uses the BINARY collation, and adopt that`,
    )
  }
  const badKey = nameProblem(key.name, 'column')
  if (badKey !== undefined) return left(`has a key that cannot be named: ${badKey}`)
  const names = adoptedNames(
    table.columns.map((column) => column.name),
    'field',
  )
  const findings: Finding[] = []
  const note = (column: ForeignColumn, message: string) =>
    findings.push({ kind: 'note', subject: `${table.name}.${column.name}`, message })
  const fields = table.columns.flatMap((column): Field[] => {
    if (column.generated) {
      const message = 'is a generated column: it is kept, but is not a field'
      findings.push({ kind: 'left', subject: `${table.name}.${column.name}`, message })
      return []
    }
    if (column.incomparable !== null) {
      const message = `${FOREIGN_PARTS} (${column.incomparable}): it is kept, but is not a field`
      findings.push({ kind: 'left', subject: `${table.name}.${column.name}`, message })
      return []
    }
    const problem = nameProblem(column.name, 'column')
    if (problem !== undefined) {
      const needed =
        column.notNull && column.default === null ? '; it needs a value, so documents cannot be created' : ''
      const message = `${problem}: it is kept, but is not a field${needed}`
      findings.push({ kind: 'left', subject: `${table.name}.${column.name}`, message })
      return []
    }
    return [adoptColumn(table, column, names.get(column.name) ?? column.name, (message) => note(column, message))]
  })
  const primaryKey = fields.find(({ primary }) => primary)
  if (!primaryKey) return left(`has a key that is a generated column (${key.name})`)
  if (table.brokenReferences > 0) {
    const message = `has rows with broken references (${table.brokenReferences}): they can be read, but must be fixed before they can be written`
    findings.push({ kind: 'note', subject: table.name, message })
  }
  if (table.unwritable !== null) {
    findings.push({
      kind: 'note',
      subject: table.name,
      message: `can be read, but not written: ${FOREIGN_PARTS} (${table.unwritable})`,
    })
  }
  const clauses = table.clauses.map((clause) => CLAUSES[clause])
  if (clauses.length > 0) {
    const message = `has ${clauses.join(', ')}, which stay in force`
    findings.push({ kind: 'note', subject: table.name, message })
  }
  const collection: Collection = {
    ...{ name, table: table.name, primaryKey, rules: {}, policies: [], audit: false, position: START },
    fields: new Map(fields.map((field) => [field.name, field])),
    indexes: adoptIndexes(table, fields),
  }
  return { ok: true, collection, findings }
}

/** Why the schema cannot name a table or column, in words that follow on the name. */
function nameProblem(name: string, what: 'table' | 'column'): string | undefined {
  const problem = sqlNameProblem(name, what)
  return problem && `cannot be in a schema, since the name of a ${problem}`
}

function adoptColumn(table: ForeignTable, column: ForeignColumn, name: string, note: (message: string) => void): Field {
  const chosen = columnType(column)
  const isKey = column.key > 0
  const type = isKey && chosen.type === 'text' ? 'string' : chosen.type
  if (chosen.remark !== undefined) note(chosen.remark)
  if (column.collation !== null && (type === 'string' || type === 'text')) {
    note(
      `has the collation ${column.collation}: filters, rules and sorts compare it exactly (BINARY); only constraints of the database (UNIQUE, CHECK, references) use ${column.collation}`,
    )
  }
  const isSecret = !isKey && SECRET.test(name)
  if (isSecret) note('looks like a secret: it is marked internal and never leaves the server')
  const isUnique = table.indexes.some(
    ({ unique, partial, columns }) => unique && !partial && columns.length === 1 && columns[0]?.name === column.name,
  )
  const isIndexed = table.indexes.some(
    ({ partial, columns, name: index }) =>
      !partial && columns.length === 1 && columns[0]?.name === column.name && !NAME.test(index),
  )
  const isCounted = isKey && isRowid(table, column)
  const fallback =
    isCounted || column.default === null || /^null$/i.test(column.default)
      ? undefined
      : columnDefault(column.default, type)
  if (column.default !== null && !/^null$/i.test(column.default) && !fallback && !isCounted) {
    note(
      `has the default ${column.default}, which ${column.notNull ? 'clients must provide' : 'the API does not apply'}`,
    )
  }
  return {
    ...{ name, column: column.name, type, primary: isKey, internal: isSecret, onUpdateNow: false, validation: {} },
    unique: !isKey && isUnique && type !== 'json',
    index: !isKey && isIndexed && !isUnique && type !== 'json',
    nullable: !isKey && !column.notNull,
    ...(isCounted ? { default: { kind: 'auto' } as const } : fallback && { default: fallback }),
    position: START,
  }
}

const SECRET =
  /(^|_)(password|passwd|pwd|pw|cookie|passphrase|password_hash|salt|secret|private_key|api_key|token)(_|$)/

/** A key of exactly this type is the rowid, which SQLite assigns. */
function isRowid({ withoutRowid }: ForeignTable, { declared }: ForeignColumn): boolean {
  return !withoutRowid && declared.toUpperCase() === 'INTEGER'
}

/** Indexes whose names a schema can have. The others stay as they are, and SQLite still uses them. */
function adoptIndexes({ indexes, columns: all }: ForeignTable, fields: readonly Field[]): readonly Index[] {
  const fieldOf = (column: string | null) => fields.find((field) => field.column === column)
  return indexes.flatMap((index): Index[] => {
    const columns = index.columns.map(({ name }) => fieldOf(name))
    const isPlain = index.origin === 'index' && !index.partial && NAME.test(index.name) && all.length > 0
    const isSimple = columns.every((field) => field && field.type !== 'json')
    const descending = new Set(index.columns.map((column) => column.descending))
    if (!isPlain || !isSimple || descending.size !== 1) return []
    if (index.unique && columns.length === 1) return []
    return [
      {
        ...{ name: index.name, unique: index.unique, position: START },
        fields: columns.flatMap((field) => (field ? [field.name] : [])),
        order: descending.has(true) ? 'desc' : 'asc',
      },
    ]
  })
}
