import { type Access, documentJson } from '@koyalite/query'
import type { Collection, Field } from '@koyalite/schema'

/** The SQL of one collection as one kind of actor uses it: made once, so that a request only binds values. */
export interface DocumentTexts {
  readonly table: string
  readonly key: string
  /** All fields, in the order in which `insert` wants their values. */
  readonly fields: readonly Field[]
  /** Writes a document and gives back what the actor may see of it. */
  readonly insert: string
  /** The document as the actor reads it, by key. */
  readonly select: string
  /** Whether there is a document with a key, whoever asks. */
  readonly exists: string
  readonly delete: string
  /** The RETURNING clause, and the values bound in it. */
  readonly returning: string
}

const caches = new WeakMap<Access, Map<Collection, DocumentTexts>>()

export function documentTexts(access: Access, collection: Collection): DocumentTexts {
  let cache = caches.get(access)
  if (!cache) {
    cache = new Map()
    caches.set(access, cache)
  }
  let texts = cache.get(collection)
  if (!texts) {
    texts = createTexts(access, collection)
    cache.set(collection, texts)
  }
  return texts
}

/** An UPDATE of some fields that does nothing where all of them have their new values already. `touched` fields change only with the others. */
export function updateText(texts: DocumentTexts, fields: readonly Field[], touched: readonly Field[]): string {
  const set = [...fields, ...touched].map((field) => `${quote(field.column)} = ?`).join(', ')
  const differs = fields.map((field) => `${quote(field.column)} IS NOT ?`).join(' OR ')
  return `UPDATE ${texts.table} SET ${set} WHERE ${texts.key} = ? AND (${differs}) RETURNING ${texts.returning}`
}

function createTexts(access: Access, collection: Collection): DocumentTexts {
  const table = quote(collection.table)
  const key = quote(collection.primaryKey.column)
  const fields = [...collection.fields.values()]
  const readable = access.rows(collection).kind === 'all'
  const document = documentJson(collection, access, collection.table).text
  const returning = readable ? document : `json_object('${collection.primaryKey.name}', ${key})`
  const columns = fields.map((field) => quote(field.column)).join(', ')
  return {
    table,
    key,
    fields,
    returning,
    insert: `INSERT INTO ${table} (${columns}) VALUES (${fields.map(() => '?').join(', ')}) RETURNING ${returning}`,
    select: `SELECT ${returning} FROM ${table} WHERE ${key} = ?`,
    exists: `SELECT 1 FROM ${table} WHERE ${key} = ?`,
    delete: `DELETE FROM ${table} WHERE ${key} = ?`,
  }
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
