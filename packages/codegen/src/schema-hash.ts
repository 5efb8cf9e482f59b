import { createHash } from 'node:crypto'
import type { Schema } from '@koyalite/schema'
import type { ClientFunction } from './client-function'
import { type ClientCollection, clientModel } from './client-model'

/** 64 bits of what clients see of one collection. */
export function collectionHash(collection: ClientCollection): string {
  return hashOf(collection)
}

/** 64 bits of what clients see of a function. */
export function functionHash({ name, input, output }: ClientFunction): string {
  return hashOf({ name, input, output })
}

function hashOf(value: object): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)
}

/**
 * The header `Koyalite-Schema`: the hashes of all collections in one, by exclusive or. So clients can make it of the hashes in their files, of which
 * a change touches those of its collections only, and two branches merge.
 */
export function schemaHash(schema: Schema): string {
  const hash = clientModel(schema).reduce((sum, collection) => sum ^ BigInt(`0x${collectionHash(collection)}`), 0n)
  return hash.toString(16).padStart(16, '0')
}
