import type { Actor, DeniedCall } from '@koyalite/contracts'
import { accessOf, isAggregate, type ListQuery } from '@koyalite/query'
import type { Schema } from '@koyalite/schema'
import type { LiveSpec } from '../engine/live-query'

/** What a subscription is, for those who explain what rules keep from it. */
export function callOf(collection: string): Pick<DeniedCall, 'what' | 'method' | 'headers'> {
  return { what: `subscription to '${collection}'`, method: 'GET', headers: {} }
}

/** The list that somebody follows; null where they follow something else. */
export function listOf(
  schema: Schema,
  spec: LiveSpec,
  { actor, time }: { readonly actor: Actor; readonly time: number },
): ListQuery | null {
  const collection = schema.collections.get(spec.collection)
  if (collection === undefined) return null
  const { read, auth } = accessOf(schema, actor, { method: 'GET', ip: '', time, headers: {} })
  const query = spec.parse(schema, collection, read, { auth, now: new Date(time).toISOString() })
  return isAggregate(query) ? null : query
}
