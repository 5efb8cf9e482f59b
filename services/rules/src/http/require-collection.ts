import { AppError, didYouMean } from '@koyalite/contracts'
import type { Collection, Schema } from '@koyalite/schema'

/** Throws COLLECTION_NOT_FOUND with the nearest name. */
export function requireCollection({ collections }: Schema, name: string): Collection {
  const collection = collections.get(name)
  if (collection !== undefined) return collection
  const hint = didYouMean(name, collections.keys())
  throw new AppError('COLLECTION_NOT_FOUND', `There is no collection '${name.slice(0, 100)}'${hint}.`)
}
