import type { Sql, SqlValue } from '@koyalite/contracts'
import {
  type Collection,
  createCollectionSql,
  type Field,
  type JsonValue,
  parseSchema,
  type Schema,
} from '@koyalite/schema'
import { type Database, openDatabase } from '@koyalite/sqlite'
import type { ReadAccess } from '../../access/read-access'
import { SQL_FUNCTIONS } from '../../sql/sql-functions'
import { toStored } from '../../sql/stored-value'
import type { CelScope } from '../check/cel-scope'
import { ruleScope } from '../check/cel-scope'
import { checkCondition } from '../check/check-cel'
import { ANONYMOUS_FACTS, type CelDocument, type CelEnvironment, type CelFacts } from '../memory/cel-environment'
import { compileToSql } from '../sql/compile-sql'
import { compileWhere } from '../sql/compile-where'
import { findNobodies } from '../sql/sql-nobody'
import { compileToPredicate, type Truth } from './compile-predicate'

/** For tests: a schema, its documents in a real database, and the same documents in memory. */
export interface World {
  readonly schema: Schema
  readonly db: Database
  readonly documents: ReadonlyMap<string, readonly Readonly<Record<string, JsonValue>>[]>
  collection(name: string): Collection
  environment(facts: CelFacts, doc: CelDocument): CelEnvironment
  scope(collection: string): CelScope
  /** How a rule comes out in SQL, per document of the collection. */
  sqlTruths(source: string, collection: string, facts?: CelFacts): readonly Truth[]
  /** How it comes out in SQL that is given the document, as for one that is not stored yet. */
  givenTruths(source: string, collection: string, facts?: CelFacts): readonly Truth[]
  /** How it comes out in memory. */
  jsTruths(source: string, collection: string, facts?: CelFacts): readonly Truth[]
  /** How a `where` comes out for a caller who may not read everything. */
  whereTruths(source: string, collection: string, access: ReadAccess, facts?: CelFacts): readonly Truth[]
  close(): Promise<void>
}

export type Documents = Readonly<Record<string, readonly Readonly<Record<string, JsonValue>>[]>>

const REQUEST_PARTS_ALL = ['method', 'ip', 'time', 'body', 'headers'] as const

/** 2026-01-02T03:04:05.678Z, asked by nobody. */
export const NOBODY: CelFacts = {
  auth: ANONYMOUS_FACTS,
  request: { method: 'GET', ip: '127.0.0.1', time: 1767323045678, body: null, headers: {} },
}

/** A signed-in user. */
export function userFacts(id: string, metadata: JsonValue = {}, role = 'user'): CelFacts {
  const permissions = role === 'admin' ? ['*'] : ['comments:write', 'posts:*']
  return {
    ...NOBODY,
    auth: { id, email: `${id}@example.com`, role, verified: true, metadata, claims: metadata, permissions },
  }
}

export function schemaOf(yaml: string): Schema {
  const parsed = parseSchema(yaml, { file: 'schema.yaml' })
  if (!('schema' in parsed)) throw new Error(JSON.stringify(parsed))
  return parsed.schema
}

/** Makes the tables without foreign keys, so that references may lead nowhere, and stores the documents. */
export async function openWorld(schema: Schema, documents: Documents): Promise<World> {
  const db = await openDatabase({ path: ':memory:', functions: SQL_FUNCTIONS })
  const complete = new Map<string, readonly Readonly<Record<string, JsonValue>>[]>()
  await db.migrate((tx) => {
    for (const collection of schema.collections.values()) {
      for (const text of createCollectionSql(collection, schema)) tx.exec(text.replace(/ REFERENCES [^,\n]*/g, ''))
      const rows = (documents[collection.name] ?? []).map((document) => withNulls(collection, document))
      complete.set(collection.name, rows)
      for (const row of rows) tx.run(insertion(collection, row))
    }
  })
  const collectionOf = (name: string): Collection => {
    const collection = schema.collections.get(name)
    if (collection === undefined) throw new Error(`no collection ${name}`)
    return collection
  }
  const environment = (facts: CelFacts, doc: CelDocument): CelEnvironment => ({
    ...facts,
    documents: { doc },
    follow: (target, key, value) => complete.get(target.name)?.find((document) => document[key.name] === value) ?? null,
    rows: (collection) => complete.get(collection.name) ?? [],
  })
  const scope = (name: string): CelScope =>
    ruleScope(schema, collectionOf(name), { old: false, requestParts: REQUEST_PARTS_ALL })
  return {
    schema,
    db,
    documents: complete,
    collection: collectionOf,
    environment,
    scope,
    sqlTruths(source, name, facts = NOBODY) {
      const checked = checkCondition(source, scope(name))
      const aliases = { doc: 'd0' }
      const nobodies = findNobodies(checked.root, { aliases }).of(facts)
      const sql = compileToSql(checked, { aliases, nobodies }).sql(facts)
      const text = `SELECT (${sql.text}) FROM "${name}" AS d0 ORDER BY rowid`
      return db.all({ text, params: sql.params }).map(([value]) => truthOf(value ?? null))
    },
    givenTruths(source, name, facts = NOBODY) {
      const checked = checkCondition(source, scope(name))
      const nobodies = findNobodies(checked.root, { aliases: {} }).of(facts)
      const compiled = compileToSql(checked, { aliases: {}, nobodies })
      return (complete.get(name) ?? []).map((doc) => {
        const sql = compiled.sql({ ...facts, documents: { doc } })
        return truthOf(db.get({ text: `SELECT (${sql.text})`, params: sql.params })?.[0] ?? null)
      })
    },
    whereTruths(source, name, access, facts = NOBODY) {
      const where = compileWhere(source, { schema, collection: collectionOf(name), access, facts })
      const sql = where.sql('d0')
      const text = `SELECT (${sql.text}) FROM "${name}" AS d0 ORDER BY rowid`
      return db.all({ text, params: sql.params }).map(([value]) => truthOf(value ?? null))
    },
    jsTruths(source, name, facts = NOBODY) {
      const evaluate = compileToPredicate(checkCondition(source, scope(name)))
      return (complete.get(name) ?? []).map((document) => evaluate(environment(facts, document)))
    },
    close: () => db.close(),
  }
}

function truthOf(value: SqlValue): Truth {
  if (value === null) return 'error'
  if (value !== 0 && value !== 1) throw new Error(`a condition gave ${value}`)
  return value === 1
}

function withNulls(collection: Collection, document: Readonly<Record<string, JsonValue>>): Record<string, JsonValue> {
  return Object.fromEntries([...collection.fields.keys()].map((name) => [name, document[name] ?? null]))
}

function insertion(collection: Collection, row: Readonly<Record<string, JsonValue>>): Sql {
  const fields: Field[] = [...collection.fields.values()]
  return {
    text: `INSERT INTO "${collection.table}" (${fields.map((field) => `"${field.column}"`).join(', ')}) VALUES (${fields.map(() => '?').join(', ')})`,
    params: fields.map((field) => toStored(field, row[field.name] ?? null)),
  }
}
