import type { Actor } from '@koyalite/contracts'
import { ANONYMOUS_FACTS, type AuthFacts } from '@koyalite/query'
import { referenceTruth } from '@koyalite/query/testing/reference-evaluator'
import type { JsonValue, Operation } from '@koyalite/schema'
import type { Document, PolicyWorld, WrittenPolicy } from './policy-world'

export type Documents = ReadonlyMap<string, readonly Document[]>

/** What rules come to, said plainly: by the reference evaluator, document by document, without SQL. */
export interface PolicyOracle {
  /** Whether rules do not apply. */
  bypasses(collection: string, operation: Operation): boolean
  mayRead(collection: string, document: Document): boolean
  mayCreate(document: Document): boolean
  mayUpdate(old: Document, resulting: Document): boolean
  mayDelete(document: Document): boolean
  mayReadField(collection: string, field: string, document: Document): boolean
  mayWriteField(field: string, document: Document): boolean
  /** The document as it is answered: without fields that may not be read. */
  shown(collection: string, document: Document): Document
  /** The same with null in their place, as every clause sees it. */
  nulled(collection: string, document: Document): Document
  /** Whether a condition of `where` holds for a document of `docs`. */
  matches(source: string, document: Document): boolean
}

/** @param documents everything that is stored */
export function policyOracle(world: PolicyWorld, actor: Actor, documents: Documents): PolicyOracle {
  const { schema } = world.api
  const auth = authOf(actor)
  const request = { method: 'GET', ip: '127.0.0.1', time: Date.now(), body: null, headers: {} }
  const holds = (source: string | null, collection: string, doc: Document, old?: Document): boolean =>
    source === null ||
    referenceTruth(source, { schema, documents, auth, request, collection, doc, ...(old && { old }) }) === true
  const bypasses = (collection: string, operation: Operation): boolean => bypassed(actor, collection, operation)
  const policies = (collection: string, operation: Operation): readonly WrittenPolicy[] =>
    (world.policies[collection] ?? []).filter(({ on }) => on.includes(operation))
  const allows = (written: readonly WrittenPolicy[], passes: (policy: WrittenPolicy) => boolean): boolean =>
    written.some((policy) => policy.effect === 'permit' && passes(policy)) &&
    written.every((policy) => policy.effect === 'permit' || passes(policy))
  const mayRead = (collection: string, document: Document): boolean =>
    bypasses(collection, 'read') ||
    allows(policies(collection, 'read'), ({ using }) => holds(using, collection, document))
  const mayReadField = (collection: string, field: string, document: Document): boolean => {
    const source = world.fieldRules[`${collection}.${field}`]?.read ?? BUILT_IN_READ[`${collection}.${field}`]
    return source === undefined || bypasses(collection, 'read') || holds(source, collection, document)
  }
  const nulled = (collection: string, document: Document): Document =>
    Object.fromEntries(
      Object.entries(document).map(([field, value]): [string, JsonValue] => [
        field,
        mayReadField(collection, field, document) ? value : null,
      ]),
    )
  return {
    bypasses,
    mayRead,
    mayReadField,
    nulled,
    mayCreate: (doc) =>
      bypasses('docs', 'create') ||
      allows(policies('docs', 'create'), ({ using, check }) => holds(using, 'docs', doc) && holds(check, 'docs', doc)),
    mayUpdate: (old, doc) =>
      bypasses('docs', 'update') ||
      allows(
        policies('docs', 'update'),
        ({ using, check }) => holds(using, 'docs', old, old) && holds(check ?? using, 'docs', doc, old),
      ),
    mayDelete: (doc) =>
      bypasses('docs', 'delete') || allows(policies('docs', 'delete'), ({ using }) => holds(using, 'docs', doc)),
    mayWriteField: (field, doc) => {
      const source = world.fieldRules[`docs.${field}`]?.write
      return source === undefined || bypasses('docs', 'update') || holds(source, 'docs', doc)
    },
    shown: (collection, document) =>
      Object.fromEntries(Object.entries(document).filter(([field]) => mayReadField(collection, field, document))),
    matches(source, document) {
      const shown = new Map([...documents].map(([name, all]) => [name, all.map((one) => nulled(name, one))] as const))
      const hidden = (name: string, one: Document): boolean => {
        const original = documents.get(name)?.find(({ id }) => id === one.id)
        return original !== undefined && !mayRead(name, original)
      }
      const doc = nulled('docs', document)
      return (
        referenceTruth(source, { schema, documents: shown, auth, request, collection: 'docs', doc, hidden }) === true
      )
    },
  }
}

/** Of built-in fields that the file says nothing about. */
const BUILT_IN_READ: Readonly<Record<string, string>> = { 'users.claims': 'auth.id == doc.id' }

function authOf(actor: Actor): AuthFacts {
  if (actor.kind !== 'user') return ANONYMOUS_FACTS
  const { id, role, verified } = actor
  const email = verified ? actor.email : null
  const permissions = role === 'admin' ? ['*'] : ['comments:write']
  return {
    id,
    email,
    role,
    verified,
    metadata: actor.metadata as JsonValue,
    claims: actor.claims as JsonValue,
    permissions,
  }
}

function bypassed(actor: Actor, collection: string, operation: Operation): boolean {
  if (actor.kind === 'operator') return operation === 'read' || actor.role !== 'viewer'
  if (actor.kind !== 'service_key') return actor.kind === 'system'
  const scope = operation === 'read' ? 'data:read' : 'data:write'
  return actor.scopes.some((one) => one.scope === scope && (one.collections?.includes(collection) ?? true))
}
