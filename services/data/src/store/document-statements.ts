import type { Sql, SqlValue } from '@koyalite/contracts'
import { documentJson, type Guard, type ReadAccess } from '@koyalite/query'
import { type Collection, type Field, quoteName } from '@koyalite/schema'

/**
 * The SQL of one collection for callers with the same rights, made once per shape. Parameters that wait for the caller stay in
 * the statements: `Access.bind` fills them in.
 */
export interface DocumentStatements {
  /** Writes a document, all its columns in the order of the schema. Gives what the caller may see of it, then whether each guard holds. */
  insert(values: readonly SqlValue[], guards: readonly Guard[]): Sql
  /** Sets fields unless all of `fields` have their values already; `touched` ones change only with those. Gives what `insert` gives. */
  update(change: FieldChange, guards: readonly Guard[]): Sql
  /** What the caller may see of a document (NULL where they may not read it), then whether each guard holds. */
  select(key: SqlValue, guards: readonly Guard[]): Sql
  /** What `insert` gives, of a document that is there. */
  seen(key: SqlValue, guards: readonly Guard[]): Sql
  delete(key: SqlValue): Sql
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
  const insertHead = `INSERT INTO ${table} (${columns}) VALUES (${fields.map(() => '?').join(', ')}) RETURNING`
  const seen = seenAfterWrite(access, collection)
  const visible = visibleDocument(access, collection)
  const fromKey = `FROM ${table} WHERE ${key} = ?`
  const cached = new Map<string, Sql>()
  /** `head`, then `first` and the guards as a list of expressions, then `tail`. A statement's text is put together once. */
  const statement = (head: string, first: Sql, guards: readonly Guard[], tail: string): Sql => {
    const shape = guards.length === 0 ? head : `${head} ${guards.map((guard) => guard.key).join(' ')}`
    let made = cached.get(shape)
    if (!made) {
      const parts = [first, ...guards.map((guard) => guard.sql(collection.table))]
      made = {
        text: `${head} ${parts.map(({ text }) => text).join(', ')}${tail}`,
        params: parts.flatMap(({ params }) => params),
      }
      cached.set(shape, made)
    }
    return made
  }
  return {
    insert(values, guards) {
      const { text, params } = statement(insertHead, seen, guards, '')
      return { text, params: [...values, ...params] }
    },
    update(change, guards) {
      const set = [...change.fields, ...change.touched].map((field) => `${quoteName(field.column)} = ?`).join(', ')
      const differs = change.fields.map((field) => `${quoteName(field.column)} IS NOT ?`).join(' OR ')
      const head = `UPDATE ${table} SET ${set} WHERE ${key} = ? AND (${differs}) RETURNING`
      const { text, params } = statement(head, seen, guards, '')
      return { text, params: [...change.values, ...change.touchedValues, change.key, ...change.values, ...params] }
    },
    select(keyValue, guards) {
      const { text, params } = statement('SELECT', visible, guards, ` ${fromKey}`)
      return { text, params: [...params, keyValue] }
    },
    seen(keyValue, guards) {
      const { text, params } = statement('SELECT ALL', seen, guards, ` ${fromKey}`)
      return { text, params: [...params, keyValue] }
    },
    delete: (keyValue) => ({ text: `DELETE ${fromKey}`, params: [keyValue] }),
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
