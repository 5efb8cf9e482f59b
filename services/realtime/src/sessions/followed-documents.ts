import { type Actor, AppError, type AuditEvent, documentRead } from '@koyalite/contracts'
import { accessOf, collectionsShown } from '@koyalite/query'
import type { Schema } from '@koyalite/schema'
import type { LiveSpec } from '../engine/live-query'

export interface Follower {
  readonly actor: Actor
  readonly ip: string
  /** Milliseconds since 1970. */
  readonly time: number
  readonly maxDocuments: number
}

/**
 * What the audit log has to know before somebody follows a query: an entry for each collection marked `audit: true` that it shows or asks about. What comes
 * later, until the subscription ends, is of the same read. None where the subscription will not come about.
 */
export function followedDocuments(schema: Schema, spec: LiveSpec, follower: Follower): readonly AuditEvent[] {
  const { actor, ip, time, maxDocuments } = follower
  const collection = schema.collections.get(spec.collection)
  const audited = [...schema.collections.values()].filter(({ audit }) => audit)
  if (!collection || audited.length === 0) return NONE
  const access = accessOf(schema, actor, { method: 'GET', ip: '', time, headers: {} })
  if (access.read.rows(collection).kind === 'none') return NONE
  const shown = shownBy(() => {
    const now = new Date(time).toISOString()
    return collectionsShown(
      schema,
      spec.parse(schema, collection, access.read, { auth: access.auth, now, maxDocuments }),
    )
  })
  return audited
    .filter(({ name }) => shown.has(name))
    .map(({ name }) => {
      const through = name === collection.name ? {} : { through: collection.name }
      const read = { how: 'followed', collection: name, query: spec.asked, ...through, documents: null } as const
      return documentRead({ actor, ip, requestId: null }, read)
    })
}

const NONE: readonly AuditEvent[] = []

/** A refused query shows nothing; the subscription ends with the error. */
function shownBy(collections: () => ReadonlySet<string>): ReadonlySet<string> {
  try {
    return collections()
  } catch (error) {
    if (error instanceof AppError) return new Set()
    throw error
  }
}
