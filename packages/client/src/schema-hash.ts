import type { CollectionMetadata } from './metadata'

/**
 * What `Koyalite-Schema` is on a server with the same schema: the hashes of all collections by exclusive or (ADR 190). Undefined where
 * one of them has none, or there are none.
 */
export function schemaHash(collections: Readonly<Record<string, CollectionMetadata>>): string | undefined {
  const all = Object.values(collections)
  if (all.length === 0) return undefined
  const halves: [number, number] = [0, 0]
  for (const { hash } of all) {
    if (hash === undefined) return undefined
    halves[0] ^= Number.parseInt(hash.slice(0, 8), 16)
    halves[1] ^= Number.parseInt(hash.slice(8), 16)
  }
  return halves.map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
}
