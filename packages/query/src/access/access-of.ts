import { hasScope, permissionsOf } from '@koyalite/access'
import { type Actor, AppError, type Denial, didYouMean, type Sql } from '@koyalite/contracts'
import {
  type Collection,
  type Field,
  isUsers,
  type JsonValue,
  type Operation,
  type Schema,
  USERS,
} from '@koyalite/schema'
import {
  ANONYMOUS_FACTS,
  type AuthFacts,
  type CelDocument,
  type OpenFacts,
  type RequestFacts,
} from '../cel/memory/cel-environment'
import { bindDeferred } from '../cel/sql/compile-sql'
import { type DeferredSql, isBound } from '../sql/deferred-sql'
import { conjunction, judge, type Verdict } from './guard'
import type { ReadAccess } from './read-access'
import { isReadByTime, readAccessOf } from './read-access-of'
import { isByRequest, type OperationRules, readsInput, rulesOf, type SchemaRules } from './schema-rules'
import { judgeUpdate, UNRULED, type UpdateRules } from './update-decision'

/**
 * What one caller may do with one schema. This is the only place where an authorization decision is made: every operation,
 * whatever its transport, asks here, and reads carry the decision inside their SQL.
 */
export interface Access {
  readonly actor: Actor
  /** As rules see the caller. */
  readonly auth: AuthFacts
  /** Of the access of a class of callers: what is not the same for all of them. */
  readonly open?: OpenFacts
  /** What may be read. Callers with the same rights share this object. */
  readonly read: ReadAccess
  /** Whether rules do not apply to this caller for this operation on this collection. */
  bypasses(collection: Collection, operation: Operation): boolean
  /** The decision on a create or delete, without a document or by one: the new one of a create, the stored one of a delete. */
  verdict(collection: Collection, operation: 'create' | 'delete', input: JsonValue): Verdict
  /** The decision on an update: see UpdateRules. */
  update(collection: Collection, input: JsonValue): UpdateRules
  /**
   * The error for an operation that is refused: 401 for a caller nobody knows, else 403.
   * @param document the one that rules refuse; absent where the reason is not a rule
   */
  refusal(collection: Collection, operation: Operation, document?: DeniedDocument): AppError
  /** The same for a field of a document, which is named where the caller may always read it. */
  fieldRefusal(collection: Collection, field: Field, denial: Denial): AppError
  /**
   * The error for a collection that does not exist. It suggests only collections that the caller may read or create
   * documents of: guessing names must not reveal the others.
   */
  unknownCollection(name: string): AppError
  /** Whether the caller may give this field a value: of any document, of none, or of those that the guard lets pass. */
  writeField(collection: Collection, field: Field, input: JsonValue): Verdict
  /** Fills in what waits for the caller in a statement: `input` is what they sent, `old` the document before an update. */
  bind(sql: DeferredSql, input?: JsonValue, old?: CelDocument): Sql
}

/** A document by its key and by what was sent for it, either of which may be null. */
export type DeniedDocument = Pick<Denial, 'id' | 'data'>

/** Where no document would be allowed. */
export const NO_DOCUMENT: DeniedDocument = { id: null, data: null }

/** What rules see of a request besides its body, which is the input of an operation. */
export type RequestContext = Omit<RequestFacts, 'body'>

/** Fields of the built-in `users` that decide what a user may do: operators and the server write them, users never. */
const PRIVILEGED_USER_FIELDS: ReadonlySet<string> = new Set(['role', 'verified', 'claims'])

/** Who asks: a caller, or one who stands for a class of callers, with what is not the same for all of them. */
interface Asking {
  readonly actor: Actor
  readonly request: RequestContext
  readonly open?: OpenFacts
}

/** The access of the actor of a request. */
export function accessOf(schema: Schema, actor: Actor, request: RequestContext): Access {
  return createAccess(schema, { actor, request })
}

/**
 * What holds for every caller of a class, decided where it is for one caller: `always` and `never` are so for all of them. For people who
 * ask, never for a request.
 * @param actor one of them, which nothing else uses
 */
export function accessOfClass(schema: Schema, actor: Actor, open: OpenFacts): Access {
  return createAccess(schema, { actor, open, request: { method: '', ip: '', time: 0, headers: {} } })
}

function createAccess(schema: Schema, { actor, request, open }: Asking): Access {
  const rules = rulesOf(schema)
  const ofClass = open && { open }
  const known = callerOf(schema, rules, { actor, request, ...ofClass })
  const { auth } = known
  const facts = (body: JsonValue) => ({ auth, request: withBody(request, body), ...ofClass })
  const ofRequest = new Map<OperationRules | Field, Verdict>()
  const operationRules = (collection: Collection, operation: Operation): OperationRules =>
    rules.get(collection)?.operations[operation] ?? NO_RULES
  const access: Access = {
    actor,
    auth,
    ...ofClass,
    read: known.read,
    bypasses: (collection, operation) => bypasses(actor, collection, operation),
    verdict(collection, operation, input) {
      if (bypasses(actor, collection, operation)) return 'always'
      const rules = operationRules(collection, operation)
      const verdicts = rules.byRequest ? ofRequest : known.verdicts
      const found = verdicts.get(rules)
      if (found) return found
      const verdict = judge(rules, facts(input), operation === 'create' ? 'resulting' : 'stored')
      if (!rules.readsInput) verdicts.set(rules, verdict)
      return verdict
    },
    update(collection, input) {
      if (bypasses(actor, collection, 'update')) return UNRULED
      const rules = operationRules(collection, 'update')
      const found = known.updates.get(rules)
      if (found) return found
      const judged = judgeUpdate(rules, facts(input))
      if (!rules.byRequest) known.updates.set(rules, judged)
      return judged
    },
    refusal(collection, operation, document) {
      const denial = document && { ...document, collection: collection.name, operation }
      return refusal(actor, whatOf(collection, operation), denial)
    },
    fieldRefusal(collection, field, denial) {
      const isNamed = known.read.field(collection, field).kind === 'all'
      return refusal(actor, `write ${isNamed ? `'${field.name}'` : 'one of these fields'} of this document`, denial)
    },
    unknownCollection(name) {
      const isUsable = (collection: Collection) =>
        known.read.rows(collection).kind !== 'none' || access.verdict(collection, 'create', null) !== 'never'
      // Deciding on access is expensive: only for names that are near.
      const near = [...schema.collections.values()].filter((collection) => didYouMean(name, [collection.name]) !== '')
      const hint = didYouMean(
        name,
        near.filter(isUsable).map((collection) => collection.name),
      )
      return new AppError('COLLECTION_NOT_FOUND', `There is no collection '${name.slice(0, MAX_SHOWN)}'${hint}.`)
    },
    writeField(collection, field, input) {
      if (field.internal) return actor.kind === 'system' ? 'always' : 'never'
      if (isUsers(collection)) {
        if (field.primary) return actor.kind === 'system' ? 'always' : 'never'
        if (PRIVILEGED_USER_FIELDS.has(field.name)) return administers(actor) ? 'always' : 'never'
      }
      const own = rules.get(collection)?.fields.get(field)
      // Most fields have neither, and this runs for each field of every document.
      if (!own?.write && !own?.builtIn) return 'always'
      // Only an actor that may mark an address as verified may change it. Others may not, even where rules do not apply to them: they could take over accounts.
      const builtIn = administers(actor) ? null : own.builtIn
      const write = [bypasses(actor, collection, 'update') ? null : own.write, builtIn].filter((rule) => rule != null)
      if (write.length === 0) return 'always'
      const verdicts = write.some(isByRequest) ? ofRequest : known.verdicts
      const found = verdicts.get(field)
      if (found) return found
      const verdict = conjunction(write, facts(input), 'stored')
      if (!write.some(readsInput)) verdicts.set(field, verdict)
      return verdict
    },
    bind(sql, input = null, old) {
      if (isBound(sql)) return sql
      return bindDeferred(sql, { ...facts(input), ...(old && { documents: { old } }) })
    },
  }
  return access
}

/** Characters of an unknown name that a message repeats. */
const MAX_SHOWN = 100

const NO_RULES: OperationRules = { permits: [], restricts: [], readsInput: false, byRequest: false }

interface KnownCaller {
  readonly auth: AuthFacts
  readonly read: ReadAccess
  /** For rules with the same result in every request. */
  readonly verdicts: Map<OperationRules | Field, Verdict>
  readonly updates: Map<OperationRules, UpdateRules>
}

const knownCallers = new WeakMap<SchemaRules, WeakMap<Actor, KnownCaller>>()

/** What stays the same for all requests of one actor, unless the time alone closes or opens something. */
function callerOf(schema: Schema, rules: SchemaRules, { actor, request, open }: Asking): KnownCaller {
  let callers = knownCallers.get(rules)
  if (!callers) {
    callers = new WeakMap()
    knownCallers.set(rules, callers)
  }
  const known = callers.get(actor)
  if (known) return known
  const auth = authFacts(schema, actor)
  const facts = { auth, request: withBody(request, null), ...(open && { open }) }
  const caller = {
    auth,
    read: readAccessOf(rules, facts, (collection) => bypasses(actor, collection, 'read')),
    verdicts: new Map(),
    updates: new Map(),
  }
  if (!isReadByTime(rules)) callers.set(actor, caller)
  return caller
}

/** An actor as rules see it: only users are somebody there. */
export function authFacts(schema: Schema, actor: Actor): AuthFacts {
  if (actor.kind !== 'user') return ANONYMOUS_FACTS
  const { id, role, verified } = actor
  // An address that nobody has proved is nobody's.
  const email = verified ? actor.email : null
  const metadata = (actor.metadata ?? null) as JsonValue
  const claims = (actor.claims ?? null) as JsonValue
  return { id, email, role, verified, metadata, claims, permissions: permissionsOf(schema, role) }
}

/** Headers are looked at only where they are named: for some requests they would have to be copied. */
export function withBody(request: RequestContext, body: JsonValue): RequestFacts {
  const { method, ip, time } = request
  return {
    method,
    ip,
    time,
    body,
    get headers() {
      return request.headers
    },
  }
}

function bypasses(actor: Actor, collection: Collection, operation: Operation): boolean {
  switch (actor.kind) {
    case 'system':
      return true
    case 'service_key':
      return hasScope(actor, operation === 'read' ? 'data:read' : 'data:write', collection.name)
    case 'operator':
      return operation === 'read' || actor.role !== 'viewer'
    case 'anonymous':
    case 'user':
      return false
  }
}

function whatOf(collection: Collection, operation: Operation): string {
  return operation === 'read' ? `read '${collection.name}'` : `${operation} documents of '${collection.name}'`
}

function refusal(actor: Actor, what: string, denial: Denial | undefined): AppError {
  const options = { denial: denial && { ...denial, actor } }
  if (actor.kind === 'anonymous') {
    return new AppError('UNAUTHENTICATED', `Sign in or use a service key to ${what}.`, options)
  }
  return new AppError('FORBIDDEN', `You are not allowed to ${what}.`, options)
}

function administers(actor: Actor): boolean {
  switch (actor.kind) {
    case 'system':
      return true
    case 'operator':
      return actor.role === 'owner' || actor.role === 'admin'
    case 'service_key':
      return hasScope(actor, 'auth', USERS)
    case 'anonymous':
    case 'user':
      return false
  }
}
