import { ANONYMOUS } from '@koyalite/contracts'
import { accessOf } from '@koyalite/query'
import type { Collection, Schema } from '@koyalite/schema'
import type { LandingCollection } from './landing-page'

/** The collections of a schema, with what anonymous callers may read of each, in the order of the file. */
export function readableCollections(schema: Schema): readonly LandingCollection[] {
  const { read } = accessOf(schema, ANONYMOUS, { method: 'GET', ip: '', time: Date.now(), headers: {} })
  const readable = (collection: Collection): LandingCollection['readable'] => {
    switch (read.rows(collection).kind) {
      case 'all':
        return 'all'
      case 'where':
        return 'some'
      case 'none':
        return hasReadRule(collection) ? 'none' : 'unruled'
    }
  }
  return Array.from(schema.collections.values(), (collection) => ({
    name: collection.name,
    description: collection.description ?? null,
    readable: readable(collection),
  }))
}

function hasReadRule({ rules, policies }: Collection): boolean {
  return rules.read !== undefined || policies.some(({ on }) => on.includes('read'))
}
