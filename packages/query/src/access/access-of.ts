import { ANONYMOUS, type Actor, AppError, type KeyScope } from '@koyalite/contracts'
import { type Collection, type Expression, type Field, isUsers, type Operation, type Schema } from '@koyalite/schema'
import type { FieldAccess, ReadAccess, RowAccess } from '../read-access'

/**
 * What one actor may do with one schema. This is the only place where an authorization decision is made: every operation,
 * whatever its transport, asks here, and reads carry the answer inside their SQL.
 */
export interface Access extends ReadAccess {
  readonly actor: Actor
  /** Whether rules do not apply to this actor for this operation on this collection. */
  bypasses(collection: Collection, operation: Operation): boolean
  /** Whether the operation may happen at all, before any document is looked at. */
  allows(collection: Collection, operation: Operation): boolean
  /** The error for an operation that `allows` refuses: 401 for a caller nobody knows, else 403. */
  refusal(collection: Collection, operation: Operation): AppError
  /** Whether the actor may give this field a value. */
  mayWrite(collection: Collection, field: Field): boolean
}

const ALL = { kind: 'all' } as const
const NONE = { kind: 'none' } as const

/** Fields of the built-in `users` that decide what a user may do: operators and the server write them, users never. */
const PRIVILEGED_USER_FIELDS: ReadonlySet<string> = new Set(['role', 'verified'])

const caches = new WeakMap<Schema, Map<string, Access>>()

/**
 * The access of an actor. Actors with the same rights share one object, so that whatever is compiled for it can be kept with it.
 * Until a rule is more than the literal `true` it opens nothing: what cannot be decided is denied.
 */
export function accessOf(schema: Schema, actor: Actor): Access {
  let cache = caches.get(schema)
  if (!cache) {
    cache = new Map()
    caches.set(schema, cache)
  }
  const key = rightsKey(actor)
  let access = cache.get(key)
  if (!access) {
    access = createAccess(actor)
    cache.set(key, access)
  }
  return access
}

function rightsKey(actor: Actor): string {
  switch (actor.kind) {
    case 'anonymous':
    case 'system':
    case 'user':
      return actor.kind
    case 'operator':
      return `operator ${actor.role}`
    case 'service_key':
      return `key ${JSON.stringify(actor.scopes)}`
  }
}

function createAccess(actor: Actor): Access {
  const bypasses = (collection: Collection, operation: Operation): boolean => {
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
  const allows = (collection: Collection, operation: Operation): boolean =>
    bypasses(collection, operation) || opens(collection, operation)
  return {
    actor,
    bypasses,
    allows,
    refusal(collection, operation) {
      const what = operation === 'read' ? `read '${collection.name}'` : `${operation} documents of '${collection.name}'`
      if (actor.kind === ANONYMOUS.kind) {
        return new AppError('UNAUTHENTICATED', `Sign in or send a service key to ${what}.`)
      }
      return new AppError('FORBIDDEN', `You may not ${what}.`)
    },
    rows(collection): RowAccess {
      return allows(collection, 'read') ? ALL : NONE
    },
    field(collection, field): FieldAccess {
      return bypasses(collection, 'read') || isOpen(field.read) ? ALL : NONE
    },
    mayWrite(collection, field) {
      if (field.internal) return actor.kind === 'system'
      if (isUsers(collection)) {
        if (field.primary) return actor.kind === 'system'
        if (PRIVILEGED_USER_FIELDS.has(field.name)) return administers(actor)
      }
      return bypasses(collection, 'update') || isOpen(field.write)
    },
  }
}

/** Whether a service key has a scope, for a collection where the scope is limited to some. `admin` includes every other. */
export function hasScope(actor: Actor & { kind: 'service_key' }, scope: KeyScope, collection?: string): boolean {
  return actor.scopes.some(
    (granted) =>
      (granted.scope === scope || granted.scope === 'admin') &&
      (granted.collections === undefined || (collection !== undefined && granted.collections.includes(collection))),
  )
}

function administers(actor: Actor): boolean {
  switch (actor.kind) {
    case 'system':
      return true
    case 'operator':
      return actor.role === 'owner' || actor.role === 'admin'
    case 'service_key':
      return hasScope(actor, 'admin') || hasScope(actor, 'auth')
    case 'anonymous':
    case 'user':
      return false
  }
}

/** A field without a rule is open; one with a rule only if that is the literal `true`. */
function isOpen(rule: Expression | undefined): boolean {
  return rule === undefined || isTrue(rule)
}

function opens(collection: Collection, operation: Operation): boolean {
  const permits: (Expression | undefined)[] = [collection.rules[operation]]
  for (const policy of collection.policies) {
    if (!policy.on.includes(operation)) continue
    if (policy.effect === 'permit') permits.push(policyExpression(policy.using, policy.check))
    else if (![policy.using, policy.check].every((rule) => rule === undefined || isTrue(rule))) return false
  }
  return permits.some((rule) => rule !== undefined && isTrue(rule))
}

/** A permit policy opens only if each of its expressions does. */
function policyExpression(using: Expression | undefined, check: Expression | undefined): Expression | undefined {
  if (using && check) return isTrue(using) ? check : using
  return using ?? check
}

function isTrue(rule: Expression): boolean {
  return rule.source.trim() === 'true'
}
