import type { Actor, Sql, SqlValue } from '@koyalite/contracts'
import { AppError } from '@koyalite/contracts'
import {
  accessOf,
  compileLive,
  LIVE_PARAMETER,
  type ListQuery,
  type LiveRoute,
  type LiveStatements,
  liveDependencies,
  liveRoute,
  type ReadAccess,
  type WhereScope,
} from '@koyalite/query'
import { type Collection, didYouMean, type Schema } from '@koyalite/schema'
import type { ShapeTable } from './shape-table'
import type { WindowShape } from './window'

/** What a subscription asks for, whatever transport it came by; read again whenever schema or rights change. */
export interface LiveSpec {
  readonly collection: string
  /** The same for the same question, whoever asks; null where the question has the asker in it. */
  readonly key: string | null
  /** The parameters as they were sent, for the audit log. */
  readonly asked: string
  /** Throws INVALID_FILTER, INVALID_SORT, INVALID_REQUEST. */
  parse(schema: Schema, collection: Collection, access: ReadAccess, cel: WhereScope): ListQuery
}

/** A statement whose one open parameter is given when it runs. */
export interface OpenStatement {
  readonly text: string
  readonly params: readonly SqlValue[]
  readonly open: number
}

/** A list as one actor may follow it. Queries with the same `key` have the same answer at any time. */
export interface LiveQuery {
  readonly key: string
  readonly schema: Schema
  readonly collection: Collection
  readonly shape: WindowShape
  /** The documents say their key themselves. */
  readonly showsKey: boolean
  readonly page: Sql
  readonly one: OpenStatement
  /** Names of the collections that it looks at besides its own documents. */
  readonly looksAt: ReadonlySet<string>
  readonly route: LiveRoute | null
  /** Its window is not that of a list from the beginning: it is read anew for every change. */
  readonly isPaged: boolean
  /** The same query at another time; null where time makes no difference. Throws as `liveQuery` does. */
  readonly at: ((time: number) => LiveQuery) | null
  statement(name: 'among' | 'stored' | 'without'): OpenStatement
}

export interface LiveQueryInput {
  readonly schema: Schema
  readonly shapes: ShapeTable
  readonly actor: Actor
  readonly spec: LiveSpec
  /** Milliseconds since 1970. */
  readonly time: number
}

/**
 * Compiles what somebody wants to follow. Throws COLLECTION_NOT_FOUND, UNAUTHENTICATED or FORBIDDEN where they may read nothing of it, and
 * what the spec's parse throws.
 */
export function liveQuery(input: LiveQueryInput): LiveQuery {
  const { schema, shapes, actor, spec, time } = input
  const collection = schema.collections.get(spec.collection)
  if (!collection) {
    const hint = didYouMean(spec.collection, schema.collections.keys())
    throw new AppError('COLLECTION_NOT_FOUND', `There is no collection '${spec.collection.slice(0, 100)}'${hint}.`)
  }
  const access = accessOf(schema, actor, { method: 'GET', ip: '', time, headers: {} })
  if (access.read.rows(collection).kind === 'none') throw access.refusal(collection, 'read')
  const prepared = preparedFor(spec, access.read, () => {
    const query = spec.parse(schema, collection, access.read, { auth: access.auth, now: new Date(time).toISOString() })
    return prepare(schema, query, access.read)
  })
  const { query, statements, looksAt, dependsOnTime } = prepared
  const bound = (sql: Sql): Sql => {
    const { text, params } = access.bind(sql)
    return { text: shapes.share(text), params }
  }
  const page = bound(prepared.page)
  return {
    // Who asks tells more than the parameters where those change with the time.
    key: JSON.stringify([shapes.idOf(page.text), page.params, dependsOnTime ? identityOf(actor) : null]),
    schema,
    collection,
    shape: prepared.shape,
    showsKey: query.projection.fields?.has(collection.primaryKey.name) ?? true,
    page,
    one: openStatement(bound(prepared.one)),
    looksAt,
    route: prepared.route,
    // In another program's table SQLite alone knows the order: its columns may have collations, and values of any type.
    isPaged: query.offset > 0 || query.after !== null || query.collection.untyped === true,
    at: dependsOnTime ? (later) => liveQuery({ ...input, time: later }) : null,
    statement: (name) => openStatement(bound(statements[name]())),
  }
}

/** What is the same for everybody with the same rights who asks the same; statements still wait for the caller. */
interface Prepared {
  readonly query: ListQuery
  readonly statements: LiveStatements
  readonly page: Sql
  readonly one: Sql
  readonly shape: WindowShape
  readonly looksAt: ReadonlySet<string>
  readonly dependsOnTime: boolean
  readonly route: LiveRoute | null
}

function prepare(schema: Schema, query: ListQuery, access: ReadAccess): Prepared {
  const statements = compileLive(schema, query, access)
  const { collections, time } = liveDependencies(schema, query, access)
  return {
    query,
    statements,
    page: statements.page(),
    one: statements.one(),
    shape: { limit: query.limit, descending: query.sort.map(({ descending }) => descending), count: query.count },
    looksAt: collections,
    dependsOnTime: time,
    route: liveRoute(query, access),
  }
}

const MAX_PREPARED = 200
const preparations = new WeakMap<ReadAccess, Map<string, Prepared>>()

/** Thousands ask the same, and compiling costs a tenth of a millisecond. An access is of one schema. */
function preparedFor(spec: LiveSpec, access: ReadAccess, make: () => Prepared): Prepared {
  if (spec.key === null) return make()
  let known = preparations.get(access)
  if (!known) {
    known = new Map()
    preparations.set(access, known)
  }
  let prepared = known.get(spec.key)
  if (!prepared) {
    prepared = make()
    const oldest = known.size >= MAX_PREPARED ? known.keys().next().value : undefined
    if (oldest !== undefined) known.delete(oldest)
    known.set(spec.key, prepared)
  }
  return prepared
}

/** Everything of an actor that rules can ask for. */
function identityOf(actor: Actor): unknown {
  if (actor.kind !== 'user') return actor
  const { id, email, role, verified, metadata } = actor
  return [id, email, role, verified, metadata]
}

function openStatement({ text, params }: Sql): OpenStatement {
  return { text, params, open: params.indexOf(LIVE_PARAMETER) }
}

/** The statement with its parameter. */
export function given({ text, params, open }: OpenStatement, value: SqlValue): Sql {
  return { text, params: params.with(open, value) }
}
