import { joinOperands, quoteName, type Sql, type SqlValue } from '@koyalite/contracts'
import { type DeferredSql, documentJson, type Guard, type ReadAccess } from '@koyalite/query'
import type { Collection, Field } from '@koyalite/schema'
import type { StoredValues } from '../document-input'

/**
 * The SQL of one collection for callers with the same rights, built once per shape. Parameters that depend on the
 * caller stay open: `Access.bind` fills them in.
 */
export interface DocumentStatements {
  /**
   * Inserts documents, all their columns in the order of the schema. Returns, for each, what the caller may see of it,
   * then whether each guard holds: as of the moment after it, before the next one is inserted.
   */
  insert(documents: readonly (readonly SqlValue[])[], guards: readonly Guard[]): DeferredSql
  /** The most documents that `insert` can take: a statement has a limited number of parameters. */
  insertLimit(guards: readonly Guard[]): number
  /** Stores a document, all its columns in the order of the schema, and returns its key. */
  insertOnly(document: readonly SqlValue[]): Sql
  /**
   * Sets fields unless all of `fields` have their values already; `touched` ones change only with those. Returns what
   * `insert` returns.
   */
  update(change: FieldChange, guards: readonly Guard[]): DeferredSql
  /**
   * The same for a document that the caller may read (or whose rules they bypass) and for which the guards of `before`
   * hold; otherwise it changes nothing and returns no row.
   */
  updateIf(change: FieldChange, before: readonly Guard[], guards: readonly Guard[]): DeferredSql
  /**
   * What the caller may see of a document (NULL where they may not read it), whether each guard holds, then the stored
   * values of the fields.
   */
  select(key: SqlValue, guards: readonly Guard[], fields: readonly Field[]): DeferredSql
  /** What `insert` returns, of a stored document. */
  seen(key: SqlValue, guards: readonly Guard[]): DeferredSql
  delete(key: SqlValue): Sql
  /**
   * Whether each guard holds for a document that is not stored so: one of these values, and for the rest that of the
   * stored one with the key.
   */
  holds(values: StoredValues, key: SqlValue | null, guards: readonly Pick<Guard, 'sql'>[]): DeferredSql
  /** The stored values of all fields, in the order of the schema. */
  columns(key: SqlValue): Sql
}

export interface FieldChange {
  readonly key: SqlValue
  readonly fields: readonly Field[]
  readonly values: readonly SqlValue[]
  readonly touched: readonly Field[]
  readonly touchedValues: readonly SqlValue[]
  /**
   * The change is made although nothing differs where one of these fields may not be read, or (with `isHidden`) the
   * document.
   */
  readonly guarded: readonly Field[]
  readonly isHidden: boolean
}

/** SQLITE_MAX_VARIABLE_NUMBER */
const MAX_PARAMETERS = 32_766

const caches = new WeakMap<ReadAccess, Map<Collection, DocumentStatements>>()

export function documentStatements(access: ReadAccess, collection: Collection): DocumentStatements {
  let cache = caches.get(access)
  if (!cache) {
    cache = new Map()
    caches.set(access, cache)
  }
  let statements = cache.get(collection)
  if (!statements) {
    statements = createStatements(access, collection)
    cache.set(collection, statements)
  }
  return statements
}

function createStatements(access: ReadAccess, collection: Collection): DocumentStatements {
  const table = quoteName(collection.table)
  const key = quoteName(collection.primaryKey.column)
  const fields = [...collection.fields.values()]
  const columns = fields.map((field) => quoteName(field.column)).join(', ')
  const row = `(${fields.map(() => '?').join(', ')})`
  const seen = seenAfterWrite(access, collection)
  const visible = visibleDocument(access, collection)
  const readable = readableWhere(access, collection)
  const fromKey = `FROM ${table} WHERE ${key} = ?`
  const withGuards = (first: DeferredSql, guards: readonly Guard[]): DeferredSql =>
    list([first, ...guards.map((guard) => guard.sql(collection.table))], ', ')
  const change = (changed: FieldChange): DeferredSql => {
    const { fields, touched } = changed
    const set = [...fields, ...touched].map((field) => `${quoteName(field.column)} = ?`).join(', ')
    // A change of case is a change even if the column ignores case.
    const differs = fields.map((field) => ({
      text: `${quoteName(field.column)} IS NOT ?${field.collated ? ' COLLATE BINARY' : ''}`,
      params: [],
    }))
    const conditions = [...differs, ...unreadable(access, collection, changed)]
    return {
      text: `${UPDATE} ${table} SET ${set} WHERE ${key} = ? AND (${joinOperands(textsOf(conditions), ' OR ')})`,
      params: paramsOf(conditions),
    }
  }
  // Triggers of an adopted table may change a row after RETURNING has returned it: then it is read again, by its key.
  // A key that SQLite generates is looked at too.
  const keyLast = collection.untyped || collection.primaryKey.type === 'int' ? `, ${table}.${key}` : ''
  const returning = (write: DeferredSql, guards: readonly Guard[]): DeferredSql => {
    const returned = withGuards(seen, guards)
    return {
      text: `${write.text} RETURNING ${returned.text}${keyLast}`,
      params: [...write.params, ...returned.params],
    }
  }
  const cached = new Map<string, DeferredSql>()
  /** A statement's text is built once for each shape. */
  const statement = (shape: string, make: () => DeferredSql): DeferredSql => {
    let made = cached.get(shape)
    if (!made) {
      made = make()
      cached.set(shape, made)
    }
    return made
  }
  return {
    insert(documents, guards) {
      const { text, params } = statement(`insert ${documents.length} ${keysOf(guards)}`, () => {
        const rows = documents.map(() => row).join(', ')
        return within(`${INSERT} ${table} (${columns}) VALUES ${rows} RETURNING `, withGuards(seen, guards), keyLast)
      })
      return { text, params: [...documents.flat(), ...params] }
    },
    insertLimit(guards) {
      const { params } = statement(`returned ${keysOf(guards)}`, () => withGuards(seen, guards))
      return Math.max(1, Math.floor((MAX_PARAMETERS - params.length) / fields.length))
    },
    insertOnly: (document) => ({
      text: `${INSERT} ${table} (${columns}) VALUES ${row} RETURNING ${key}`,
      params: document,
    }),
    update(changed, guards) {
      const { text, params } = statement(`update ${namesOf(changed)} ${keysOf(guards)}`, () =>
        returning(change(changed), guards),
      )
      return { text, params: [...updateParams(changed), ...params] }
    },
    updateIf(changed, before, guards) {
      const { text, params } = statement(`update ${namesOf(changed)} ${keysOf(before)} if ${keysOf(guards)}`, () => {
        const mayRead = changed.isHidden ? [] : readable
        const conditions = [...mayRead, ...before.map((guard) => holds(guard.sql(collection.table)))]
        const changes = change(changed)
        if (conditions.length === 0) return returning(changes, guards)
        const texts = textsOf(conditions).map((text) => `(${text})`)
        const text = `${changes.text} AND ${joinOperands(texts, ' AND ')}`
        return returning({ text, params: [...changes.params, ...paramsOf(conditions)] }, guards)
      })
      return { text, params: [...updateParams(changed), ...params] }
    },
    select(keyValue, guards, fields) {
      const { text, params } = statement(`select ${keysOf(guards)} of ${fieldNames(fields)}`, () => {
        const stored = fields.map((field) => `, ${quoteName(field.column)}`).join('')
        return within('SELECT ', withGuards(visible, guards), `${stored} ${fromKey}`)
      })
      return { text, params: [...params, keyValue] }
    },
    seen(keyValue, guards) {
      const { text, params } = statement(`seen ${keysOf(guards)}`, () =>
        within('SELECT ', withGuards(seen, guards), ` ${fromKey}`),
      )
      return { text, params: [...params, keyValue] }
    },
    delete: (keyValue) => ({ text: `DELETE ${fromKey}`, params: [keyValue] }),
    holds(values, keyValue, guards) {
      const asked = list(
        guards.map((guard) => guard.sql(collection.table)),
        ', ',
      )
      const from = unstoredRow(collection, values, keyValue, table)
      return { text: `SELECT ${asked.text} FROM ${from.text}`, params: [...asked.params, ...from.params] }
    },
    columns: (keyValue) => ({ text: `SELECT ${columns} ${fromKey}`, params: [keyValue] }),
  }
}

/**
 * A conflict refuses the write, whatever the constraints of an adopted table say: by ON CONFLICT REPLACE a caller who
 * may only create would remove other documents (without a trace, since SQLite runs no triggers for that), and by
 * ROLLBACK end the transaction that the write shares with others.
 */
const INSERT = 'INSERT OR ABORT INTO'
const UPDATE = 'UPDATE OR ABORT'

/**
 * A document that is not stored so, as a row for FROM: one of these values, and for the rest that of the stored one
 * with the key.
 * @param alias quoted
 */
export function unstoredRow(collection: Collection, values: StoredValues, key: SqlValue | null, alias: string): Sql {
  const columns: string[] = []
  const params: SqlValue[] = []
  for (const field of collection.fields.values()) {
    const name = quoteName(field.column)
    const value = values.get(field)
    if (value !== undefined) params.push(value)
    columns.push(
      value === undefined
        ? key === null
          ? `NULL AS ${name}`
          : name
        : `${asColumn(collection, field, value)} AS ${name}`,
    )
  }
  const from =
    key === null ? '' : ` FROM ${quoteName(collection.table)} WHERE ${quoteName(collection.primaryKey.column)} = ?`
  if (key !== null) params.push(key)
  return { text: `(SELECT ${columns.join(', ')}${from}) AS ${alias}`, params }
}

/** A parameter as a column of the field would hold it. What another program has stored may be of any type. */
function asColumn(collection: Collection, { type }: Field, value: SqlValue): string {
  if (collection.untyped && typeof value !== 'number' && typeof value !== 'bigint') return '?'
  if (type === 'float') return 'CAST(? AS REAL)'
  const isWhole = typeof value === 'bigint' || Number.isInteger(value)
  if (collection.untyped) return isWhole ? 'CAST(? AS INTEGER)' : 'CAST(? AS REAL)'
  return type === 'int' || type === 'bool' ? 'CAST(? AS INTEGER)' : '?'
}

function within(before: string, { text, params }: DeferredSql, after = ''): DeferredSql {
  return { text: before + text + after, params }
}

function list(parts: readonly DeferredSql[], separator: string): DeferredSql {
  return { text: textsOf(parts).join(separator), params: paramsOf(parts) }
}

function textsOf(parts: readonly DeferredSql[]): readonly string[] {
  return parts.map(({ text }) => text)
}

function paramsOf(parts: readonly DeferredSql[]): DeferredSql['params'] {
  return parts.flatMap(({ params }) => params)
}

function keysOf(guards: readonly Guard[]): string {
  return guards.map((guard) => guard.key).join(' ')
}

function namesOf({ fields, guarded, isHidden }: FieldChange): string {
  return `${fieldNames(fields)} ${isHidden ? 'hidden' : ''}?${fieldNames(guarded)}`
}

function fieldNames(fields: readonly Field[]): string {
  return fields.map((field) => field.name).join(' ')
}

/**
 * Conditions under which a caller may not read what one of the fields holds before a change: whether that differs from
 * the new value must not show.
 */
function unreadable(
  access: ReadAccess,
  collection: Collection,
  { guarded, isHidden }: FieldChange,
): readonly DeferredSql[] {
  const fields = guarded.map((field) => access.field(collection, field))
  const rules = isHidden ? [access.rows(collection), ...fields] : fields
  if (rules.some(({ kind }) => kind === 'none')) return [{ text: '1', params: [] }]
  return rules.flatMap((rule) => {
    if (rule.kind !== 'where') return []
    const { text, params } = rule.sql(collection.table)
    return [{ text: `(${text}) IS NOT 1`, params }]
  })
}

function updateParams({ values, touchedValues, key }: FieldChange): SqlValue[] {
  return [...values, ...touchedValues, key, ...values]
}

/** A guard opens only where it is true: not where it is unknown, and not by another number. */
function holds({ text, params }: DeferredSql): DeferredSql {
  return { text: `(${text}) = 1`, params }
}

function readableWhere(access: ReadAccess, collection: Collection): readonly DeferredSql[] {
  const rule = access.rows(collection)
  switch (rule.kind) {
    case 'all':
      return []
    case 'none':
      return [{ text: '0', params: [] }]
    case 'where':
      return [rule.sql(collection.table)]
  }
}

/** The document where it may be read, else its key alone: the caller who wrote it knows that it exists. */
function seenAfterWrite(access: ReadAccess, collection: Collection): DeferredSql {
  const { name, column } = collection.primaryKey
  const keyOnly = `json_object('${name}', ${quoteName(collection.table)}.${quoteName(column)})`
  const rule = access.rows(collection)
  switch (rule.kind) {
    case 'all':
      return documentJson(collection, access, collection.table)
    case 'none':
      return { text: keyOnly, params: [] }
    case 'where':
      return conditional(
        rule.sql(collection.table),
        documentJson(collection, access, collection.table),
        ` ELSE ${keyOnly}`,
      )
  }
}

function visibleDocument(access: ReadAccess, collection: Collection): DeferredSql {
  const rule = access.rows(collection)
  switch (rule.kind) {
    case 'all':
      return documentJson(collection, access, collection.table)
    case 'none':
      return { text: 'NULL', params: [] }
    case 'where':
      return conditional(rule.sql(collection.table), documentJson(collection, access, collection.table), '')
  }
}

function conditional(condition: DeferredSql, value: DeferredSql, otherwise: string): DeferredSql {
  return {
    text: `CASE WHEN ${condition.text} THEN ${value.text}${otherwise} END`,
    params: [...condition.params, ...value.params],
  }
}
