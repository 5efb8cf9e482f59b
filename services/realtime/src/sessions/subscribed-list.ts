import type { Actor, DeniedCall } from '@koyalite/contracts'
import { type AggregateQuery, accessOf, type ListQuery } from '@koyalite/query'
import type { Schema } from '@koyalite/schema'
import type { LiveSpec } from '../engine/live-query'

/** What a subscription is, for those who explain what rules keep from it. */
export function callOf(collection: string): Pick<DeniedCall, 'what' | 'method' | 'headers'> {
  return { what: `subscription to '${collection}'`, method: 'GET', headers: {} }
}

interface Follower {
  readonly actor: Actor
  /** Milliseconds since 1970. */
  readonly time: number
  readonly maxDocuments: number
}

/** What somebody follows; null where its collection is gone. */
export function queryOf(
  schema: Schema,
  spec: LiveSpec,
  { actor, time, maxDocuments }: Follower,
): ListQuery | AggregateQuery | null {
  const collection = schema.collections.get(spec.collection)
  if (collection === undefined) return null
  const { read, auth } = accessOf(schema, actor, { method: 'GET', ip: '', time, headers: {} })
  return spec.parse(schema, collection, read, { auth, now: new Date(time).toISOString(), maxDocuments })
}
