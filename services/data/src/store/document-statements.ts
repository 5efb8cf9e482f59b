import type { Sql, SqlValue } from '@koyalite/contracts'
import { documentJson, type Guard, type ReadAccess } from '@koyalite/query'
import { type Collection, type Field, quoteName } from '@koyalite/schema'
import type { StoredValues } from '../document-input'

/**
 * The SQL of one collection for callers with the same rights, made once per shape. Parameters that wait for the caller stay in
 * the statements: `Access.bind` fills them in.
 */
export interface DocumentStatements {
  /**
   * Writes documents, all their columns in the order of the schema. Gives, for each, what the caller may see of it, then whether each guard holds: as
   * of the moment after it, when the next one is not there yet.
   */
  insert(documents: readonly (readonly SqlValue[])[], guards: readonly Guard[]): Sql
  /** Sets fields unless all of `fields` have their values already; `touched` ones change only with those. Gives what `insert` gives. */
  update(change: FieldChange, guards: readonly Guard[]): Sql
  /** The same for a document that the caller may read, and for which the guards of `before` hold; else it changes nothing and gives no row. */
  updateIf(change: FieldChange, before: readonly Guard[], guards: readonly Guard[]): Sql
  /** What the caller may see of a document (NULL where they may not read it), then whether each guard holds. */
  select(key: SqlValue, guards: readonly Guard[]): Sql
  /** What `insert` gives, of a document that is there. */
  seen(key: SqlValue, guards: readonly Guard[]): Sql
  delete(key: SqlValue): Sql
  /** Whether each guard holds for a document that is not stored so: one of these values, and for the rest that of the stored one with the key. */
  holds(values: StoredValues, key: SqlValue | null, guards: readonly Guard[]): Sql
}

export interface FieldChange {
  readonly key: SqlValue
  readonly fields: readonly Field[]
  readonly values: readonly SqlValue[]
  readonly touched: readonly Field[]
  readonly touchedValues: readonly SqlValue[]
}

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
  const withGuards = (first: Sql, guards: readonly Guard[]): Sql =>
    list([first, ...guards.map((guard) => guard.sql(collection.table))], ', ')
  const change = ({ fields, touched }: FieldChange): string => {
    const set = [...fields, ...touched].map((field) => `${quoteName(field.column)} = ?`).join(', ')
    const differs = fields.map((field) => `${quoteName(field.column)} IS NOT ?`).join(' OR ')
    return `UPDATE ${table} SET ${set} WHERE ${key} = ? AND (${differs})`
  }
  // Triggers of an adopted table may change a row when RETURNING has given it: then it is read again, by its key.
  const keyLast = collection.untyped ? `, ${table}.${key}` : ''
  const cached = new Map<string, Sql>()
  /** A statement's text is put together once for each shape. */
  const statement = (shape: string, make: () => Sql): Sql => {
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
        return within(`INSERT INTO ${table} (${columns}) VALUES ${rows} RETURNING `, withGuards(seen, guards), keyLast)
      })
      return { text, params: [...documents.flat(), ...params] }
    },
    update(changed, guards) {
      const { text, params } = statement(`update ${namesOf(changed)} ${keysOf(guards)}`, () =>
        within(`${change(changed)} RETURNING `, withGuards(seen, guards), keyLast),
      )
      return { text, params: [...updateParams(changed), ...params] }
    },
    updateIf(changed, before, guards) {
      const { text, params } = statement(`update ${namesOf(changed)} ${keysOf(before)} if ${keysOf(guards)}`, () => {
        const only = list([...readable, ...before.map((guard) => holds(guard.sql(collection.table)))], ') AND (')
        const returned = withGuards(seen, guards)
        return {
          text: `${change(changed)} AND (${only.text}) RETURNING ${returned.text}${keyLast}`,
          params: [...only.params, ...returned.params],
        }
      })
      return { text, params: [...updateParams(changed), ...params] }
    },
    select(keyValue, guards) {
      const { text, params } = statement(`select ${keysOf(guards)}`, () =>
        within('SELECT ', withGuards(visible, guards), ` ${fromKey}`),
      )
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
      const columns = fields.map((field) =>
        values.has(field) ? `${asColumn(field)} AS ${quoteName(field.column)}` : quoteName(field.column),
      )
      const given = fields.filter((field) => values.has(field)).map((field) => values.get(field) ?? null)
      const from = keyValue === null ? '' : ` ${fromKey}`
      return {
        text: `SELECT ${asked.text} FROM (SELECT ${columns.join(', ')}${from}) AS ${table}`,
        params: [...asked.params, ...given, ...(keyValue === null ? [] : [keyValue])],
      }
    },
  }
}

/** A parameter as a column of the field would hold it. */
function asColumn({ type }: Field): string {
  if (type === 'int' || type === 'bool') return 'CAST(? AS INTEGER)'
  return type === 'float' ? 'CAST(? AS REAL)' : '?'
}

function within(before: string, { text, params }: Sql, after = ''): Sql {
  return { text: before + text + after, params }
}

function list(parts: readonly Sql[], separator: string): Sql {
  return { text: parts.map(({ text }) => text).join(separator), params: parts.flatMap(({ params }) => params) }
}

function keysOf(guards: readonly Guard[]): string {
  return guards.map((guard) => guard.key).join(' ')
}

function namesOf({ fields }: FieldChange): string {
  return fields.map((field) => field.name).join(' ')
}

function updateParams({ values, touchedValues, key }: FieldChange): SqlValue[] {
  return [...values, ...touchedValues, key, ...values]
}

/** A guard opens only where it is true: not where it is unknown, and not by another number. */
function holds({ text, params }: Sql): Sql {
  return { text: `(${text}) = 1`, params }
}

function readableWhere(access: ReadAccess, collection: Collection): readonly Sql[] {
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

/** The document where it may be read, else its key alone: whoever wrote it knows that it is there. */
function seenAfterWrite(access: ReadAccess, collection: Collection): Sql {
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

function visibleDocument(access: ReadAccess, collection: Collection): Sql {
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

function conditional(condition: Sql, value: Sql, otherwise: string): Sql {
  return {
    text: `CASE WHEN ${condition.text} THEN ${value.text}${otherwise} END`,
    params: [...condition.params, ...value.params],
  }
}
