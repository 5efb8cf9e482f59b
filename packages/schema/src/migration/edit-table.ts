import { quoteName } from '@koyalite/contracts'
import { columnSql, defaultSql, referenceSql, STORAGE_TYPE } from '../ddl'
import type { Collection, Field, Schema } from '../model'
import { CannotKeep, refuseDrop } from './cannot-keep'
import { isSameKind } from './diff-field'
import { afterGroup, isWord, type SqlToken, sqlTokens, tokenName } from './sql-tokens'
import {
  type Clause,
  type ColumnDefinition,
  newClause,
  parseTable,
  rewritten,
  type TableDefinition,
} from './table-definition'

/** How a collection changes. It has its new table already, and its fields their new columns, as far as SQLite can rename them. */
export interface TableChange {
  readonly before: Collection
  readonly after: Collection
  /** Where references find their tables. */
  readonly to: Schema
}

/** The definition that a table has in the file, with what the schema changes and nothing else. Throws CannotKeep where that cannot be. */
export function editTable(
  sql: string,
  change: TableChange,
): { readonly old: TableDefinition; readonly edited: TableDefinition } {
  const { before, after, to } = change
  const old = parseTable(sql)
  if (!old) throw new CannotKeep(`the definition of table '${after.table}' cannot be parsed`)
  const dropped = [...before.fields.values()].filter(({ name }) => !after.fields.has(name))
  const columns = old.columns
    .filter(({ name }) => !dropped.some((field) => isColumn(field, name)))
    .map((column) => {
      const previous = [...before.fields.values()].find((candidate) => isColumn(candidate, column.name))
      const field = previous && after.fields.get(previous.name)
      return field ? editColumn(named(column, previous, field), previous, field, change) : column
    })
  const added = [...after.fields.values()]
    .filter(({ name }) => !before.fields.has(name))
    .map((field): ColumnDefinition => {
      const text = columnSql(field, to)
      return { name: field.column.toLowerCase(), written: '', type: STORAGE_TYPE[field.type], clauses: [], text }
    })
  const constraints = old.constraints
    .filter((clause) => !goes(clause, change))
    .map((clause) => withActionsOf(clause, change))
  for (const field of dropped) refuseDrop(`${after.name}.${field.name}`, field.column, { columns, constraints })
  return { old, edited: { ...old, columns: [...columns, ...added], constraints } }
}

/** The columns that SQLite computes, which nothing is copied into. */
export function isComputed({ clauses }: ColumnDefinition): boolean {
  return clauses.some(({ kind }) => kind === 'generated')
}

/** Whether the numbers of deleted rows are never given again. */
export function isCounted({ columns, constraints }: TableDefinition): boolean {
  const clauses = [...columns.flatMap((column) => column.clauses), ...constraints]
  return [...clauses, ...columns.filter(({ written }) => written === '')].some(({ text }) =>
    sqlTokens(text).some((token) => isWord(token, 'AUTOINCREMENT')),
  )
}

/** Whether rows have numbers that are in no column, which full-text indexes may refer to. */
export function hasHiddenRowid({ columns, tail }: TableDefinition, { primaryKey }: Collection): boolean {
  if (sqlTokens(tail).some((token) => isWord(token, 'WITHOUT'))) return false
  if (columns.some(({ name }) => name === 'rowid')) return false
  return columns.find(({ name }) => isColumn(primaryKey, name))?.type.toUpperCase() !== 'INTEGER'
}

function editColumn(column: ColumnDefinition, old: Field, field: Field, { to }: TableChange): ColumnDefinition {
  let { type, clauses } = column
  const replace = (gone: (clause: Clause) => boolean, ...added: readonly Clause[]) => {
    clauses = [...clauses.filter((clause) => !gone(clause)), ...added]
  }
  if (!isSameKind(old.type, field.type)) type = STORAGE_TYPE[field.type]
  if (old.nullable !== field.nullable) {
    replace(({ kind }) => kind === 'null', ...(field.nullable ? [] : [newClause('null', 'NOT NULL')]))
  }
  if (defaultSql(old) !== defaultSql(field)) {
    const fallback = defaultSql(field)
    const added = fallback === undefined ? [] : [newClause('default', `DEFAULT ${fallback}`)]
    replace(({ kind }) => kind === 'default', ...added)
  }
  if (old.unique && !field.unique && !field.primary) replace(({ kind }) => kind === 'unique')
  if (field.primary && isAuto(old) !== isAuto(field)) clauses = clauses.map((clause) => counted(clause, isAuto(field)))
  if (targetOf(old) !== targetOf(field)) {
    const refers = referenceSql(field, to)
    replace(
      (clause) => isReference(clause, old, to),
      ...(refers === undefined ? [] : [newClause('references', refers)]),
    )
  } else if (old.references?.onDelete !== field.references?.onDelete) {
    clauses = clauses.map((clause) => (isReference(clause, old, to) ? withOnDelete(clause, field) : clause))
  }
  const isSame = type === column.type && clauses.every((clause, i) => clause === column.clauses[i])
  return isSame && clauses.length === column.clauses.length ? column : rewritten(column, type, clauses)
}

/** Where SQLite could not rename it. */
function named(column: ColumnDefinition, { column: old }: Field, { column: name }: Field): ColumnDefinition {
  if (old === name) return column
  return rewritten({ ...column, name: name.toLowerCase(), written: quoteName(name) }, column.type, column.clauses)
}

function isAuto({ default: fallback, type }: Field): boolean {
  return type === 'int' && fallback?.kind === 'auto'
}

function counted(clause: Clause, isAuto: boolean): Clause {
  if (clause.kind !== 'primary') return clause
  const bare = clause.text.replace(/\s+AUTOINCREMENT$/i, '')
  return newClause('primary', isAuto ? `${bare} AUTOINCREMENT` : bare)
}

function targetOf({ references }: Field): string | undefined {
  return references && `${references.collection}.${references.field}`
}

/** Whether a clause is the reference that a field has, and not another one of the same column. */
function isReference(clause: Clause, { references }: Field, { collections }: Schema): boolean {
  if (clause.kind !== 'references') return false
  const table = references && collections.get(references.collection)?.table
  const named = clause.tokens[clause.tokens.findIndex((token) => isWord(token, 'REFERENCES')) + 1]
  return table === undefined || (named !== undefined && tokenName(named) === table.toLowerCase())
}

/** The same reference with another ON DELETE; its ON UPDATE and the rest stay. */
function withOnDelete({ tokens }: Clause, { references }: Field): Clause {
  let target = tokens.findIndex((token) => isWord(token, 'REFERENCES')) + 2
  if (tokens[target]?.text === '(') target = afterGroup(tokens, target)
  const rest = tokens.slice(target)
  const on = rest.findIndex((token, i) => isWord(token, 'ON') && isWord(rest[i + 1], 'DELETE'))
  const length = isWord(rest[on + 2], 'SET', 'NO') ? 4 : 3
  const kept = on < 0 ? rest : [...rest.slice(0, on), ...rest.slice(on + length)]
  const action = `ON DELETE ${references?.onDelete.toUpperCase() ?? 'NO ACTION'}`
  const text = (part: readonly SqlToken[]) => part.map((token) => token.text).join(' ')
  return newClause('references', [text(tokens.slice(0, target)), action, text(kept)].join(' ').trim())
}

/** Whether a constraint of the table is about one field alone, and that field goes, or says otherwise. */
function goes(clause: Clause, { before, after, to }: TableChange): boolean {
  const old = fieldOf(clause, before)
  const field = old && after.fields.get(old.name)
  if (!old || (clause.kind !== 'unique' && clause.kind !== 'references')) return false
  if (!field) return true
  if (clause.kind === 'unique') return old.unique && !field.unique && !field.primary
  return targetOf(old) !== targetOf(field) && isReference(clause, old, to)
}

function withActionsOf(clause: Clause, { before, after, to }: TableChange): Clause {
  const old = fieldOf(clause, before)
  const field = old && after.fields.get(old.name)
  if (!old || !field || old.references?.onDelete === field.references?.onDelete) return clause
  return isReference(clause, old, to) ? withOnDelete(clause, field) : clause
}

/** The one field that a constraint of the table is about. */
function fieldOf({ columns: [column, second] }: Clause, { fields }: Collection): Field | undefined {
  if (column === undefined || second !== undefined) return undefined
  return [...fields.values()].find((field) => isColumn(field, column))
}

function isColumn({ column }: Field, name: string): boolean {
  return column.toLowerCase() === name
}
