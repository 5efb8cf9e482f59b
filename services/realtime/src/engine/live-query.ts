import type { Actor, Sql, SqlValue } from '@koyalite/contracts'
import {
  type AggregateQuery,
  accessOf,
  type CelFacts,
  compileAggregate,
  compileLive,
  type DeferredSql,
  isAggregate,
  type ListQuery,
  type LiveRoute,
  type LiveScope,
  type LiveStatements,
  listParams,
  liveDependencies,
  liveRoute,
  NO_DOCUMENT,
  queryShape,
  type ReadAccess,
  type ShownReference,
  type TermsFor,
} from '@koyalite/query'
import type { Collection, Schema } from '@koyalite/schema'
import type { LiveShape, ShapeTable } from './shape-table'

/** What a subscription asks for, whatever transport it came by; read again whenever schema or rights change. */
export interface LiveSpec {
  readonly collection: string
  /** The parameters as they were sent, for the audit log. */
  readonly asked: string
  /** Depends only on the question, not on the caller; null where the question includes the caller. */
  readonly key: string | null
  /** Throws INVALID_FILTER, INVALID_SORT, INVALID_REQUEST. */
  parse(schema: Schema, collection: Collection, access: ReadAccess, live: LiveScope): ListQuery | AggregateQuery
}

/** Documents of another collection that a result depends on: those with one of the values, or all of them. */
export interface ReadDependency {
  readonly collection: string
  readonly terms: LiveRoute
}

/** A list, or the groups of an aggregate, as one actor may follow it: what is kept of it while it is followed. Lists with the same `key` have the same answer at any time. */
export interface LiveList {
  readonly key: string
  /** What it asks for, without values. */
  readonly asked: string
  readonly shape: LiveShape
  /** Of `shape.page`. */
  readonly pageParams: readonly SqlValue[]
  /** Of `shape.membership`, as JSON; null where they have no such form, and of an aggregate. */
  readonly params: string | null
  readonly route: LiveRoute
  readonly looksAt: readonly ReadDependency[]
  readonly shows: readonly ShownReference[]
}

/** What is seldom asked of a list is made again when it is. */
export interface LiveQuery {
  readonly list: LiveList
  /** See `LiveStatements`. */
  without(keys: readonly (string | number)[]): Sql
}

export interface LiveQueryInput {
  readonly schema: Schema
  readonly shapes: ShapeTable
  readonly actor: Actor
  readonly spec: LiveSpec
  /** Milliseconds since 1970. */
  readonly time: number
  /** The most documents that a list of all may have. */
  readonly maxDocuments: number
}

/**
 * Compiles what somebody wants to follow. Throws COLLECTION_NOT_FOUND, UNAUTHENTICATED or FORBIDDEN where they may read nothing of it, and
 * what the spec's parse throws.
 */
export function liveQuery({ schema, shapes, actor, spec, time, maxDocuments }: LiveQueryInput): LiveQuery {
  const request = { method: 'GET', ip: '', time, headers: {} }
  const access = accessOf(schema, actor, request)
  const collection = schema.collections.get(spec.collection)
  if (!collection) throw access.unknownCollection(spec.collection)
  if (access.read.rows(collection).kind === 'none') throw access.refusal(collection, 'read', NO_DOCUMENT)
  const prepared = preparedFor(spec, shapes, access.read, () => {
    const live = { auth: access.auth, now: new Date(time).toISOString(), maxDocuments }
    const query = spec.parse(schema, collection, access.read, live)
    return prepare(schema, shapes, query, access.read)
  })
  const { asked, page, statements, shape } = prepared
  const facts = { auth: access.auth, request: { ...request, body: null } }
  const pageParams = access.bind(page).params
  // Who asks tells more than the parameters where those change with the time.
  const identity = shape.isTimed ? identityOf(actor) : null
  return {
    list: {
      key: `${shape.id} ${nameOf([...pageParams, identity])}`,
      asked,
      shape,
      pageParams,
      params: statements && listParams(access.bind(statements.membership.params).params),
      route: prepared.route(facts),
      looksAt: lookedAt(prepared.looksAt, facts),
      shows: prepared.shows,
    },
    without(keys) {
      if (statements === null) throw new Error('an aggregate has no documents that could be left out')
      return access.bind(statements.without(keys))
    },
  }
}

/** What is the same for everybody with the same rights who asks the same; statements still wait for the caller. */
interface Prepared {
  readonly asked: string
  readonly page: DeferredSql
  /** Null for an aggregate. */
  readonly statements: LiveStatements | null
  readonly shape: LiveShape
  readonly looksAt: ReadonlyMap<string, readonly TermsFor[] | null>
  readonly shows: readonly ShownReference[]
  route(facts: CelFacts): LiveRoute
}

function prepare(schema: Schema, shapes: ShapeTable, query: ListQuery | AggregateQuery, access: ReadAccess): Prepared {
  const { looksAt, shows, time } = liveDependencies(schema, query, access)
  const asked = queryShape(query)
  const route = liveRoute(schema, query, access)
  if (isAggregate(query)) {
    const page = compileAggregate(query, access)
    return {
      asked,
      page,
      statements: null,
      shape: shapes.share(shapeOfGroups(query, page, time)),
      looksAt,
      shows,
      route,
    }
  }
  const statements = compileLive(schema, query, access)
  const shape = shapes.share(shapeOfList(query, statements, time))
  return { asked, page: statements.page, statements, shape, looksAt, shows, route }
}

function shapeOfList(
  query: ListQuery,
  { page, mostShown, membership }: LiveStatements,
  isTimed: boolean,
): Omit<LiveShape, 'id'> {
  const { collection } = query
  return {
    collection,
    limit: query.limit,
    isAll: query.isAll,
    mostShown,
    descending: query.sort.map(({ descending }) => descending),
    count: query.count,
    page: page.text,
    membership: membership.text,
    isShared: membership.isShared,
    showsKey: query.projection.fields?.has(collection.primaryKey.name) ?? true,
    etags: query.etags,
    // In another program's table SQLite alone knows the order: its columns may have collations, and values of any type.
    isPaged: query.offset > 0 || query.after !== null || collection.untyped === true,
    isTimed,
    isAggregate: false,
  }
}

function shapeOfGroups(
  { collection, limit }: AggregateQuery,
  page: DeferredSql,
  isTimed: boolean,
): Omit<LiveShape, 'id'> {
  const of = {
    isAll: false,
    mostShown: null,
    descending: [],
    count: false,
    isShared: false,
    showsKey: true,
    etags: false,
    isPaged: true,
    isTimed,
    isAggregate: true,
  }
  const membership = () => {
    throw new Error('an aggregate has no documents')
  }
  return { ...of, collection, limit, page: page.text, membership }
}

const MAX_PREPARED = 200
const preparations = new WeakMap<ShapeTable, WeakMap<ReadAccess, Map<string, Prepared>>>()

/** Thousands ask the same, and compiling costs a tenth of a millisecond. A table of shapes is of one schema. */
function preparedFor(spec: LiveSpec, shapes: ShapeTable, access: ReadAccess, make: () => Prepared): Prepared {
  if (spec.key === null) return make()
  const ofTable = known(preparations, shapes, () => new WeakMap<ReadAccess, Map<string, Prepared>>())
  const ofAccess = known(ofTable, access, () => new Map<string, Prepared>())
  let prepared = ofAccess.get(spec.key)
  if (!prepared) {
    prepared = make()
    const oldest = ofAccess.size >= MAX_PREPARED ? ofAccess.keys().next().value : undefined
    if (oldest !== undefined) ofAccess.delete(oldest)
    ofAccess.set(spec.key, prepared)
  }
  return prepared
}

function known<K extends object, V>(map: WeakMap<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}

const NOTHING: readonly ReadDependency[] = []

function lookedAt(prepared: Prepared['looksAt'], facts: CelFacts): readonly ReadDependency[] {
  if (prepared.size === 0) return NOTHING
  return [...prepared].map(([collection, demands]) => {
    const terms = demands?.map((demand) => demand(facts)) ?? [null]
    return { collection, terms: terms.includes(null) ? null : terms.flatMap((one) => one ?? []) }
  })
}

/** The same for the same values only. */
function nameOf(values: readonly unknown[]): string {
  return JSON.stringify(values, (_key, value) => (typeof value === 'bigint' ? { int: String(value) } : value))
}

/** Everything of an actor that rules can ask for. */
function identityOf(actor: Actor): unknown {
  if (actor.kind !== 'user') return actor
  const { id, email, role, verified, metadata, claims } = actor
  return [id, email, role, verified, metadata, claims]
}
