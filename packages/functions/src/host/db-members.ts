import { withShortNames } from './db-collection'
import { namedCollections } from './named-collections'
import type { PartClient } from './open-part'

export function collectionsOf(client: PartClient): (name: string) => object {
  const known = new Map<string, object>()
  return (name) => {
    const existing = known.get(name)
    if (existing !== undefined) return existing
    const collection = withShortNames(client.collection(name))
    known.set(name, collection)
    return collection
  }
}

/** Without what would lead elsewhere in the server. */
export function membersOf(client: PartClient) {
  const collection = collectionsOf(client)
  return {
    collection,
    batch: (build: (tx: object) => readonly never[], options?: object) =>
      client.batch((tx) => {
        const operations = (name: string) => tx.collection(name)
        return build(namedCollections({ collection: operations }, operations))
      }, options),
    etagOf: (document: object) => client.etagOf(document),
  }
}
