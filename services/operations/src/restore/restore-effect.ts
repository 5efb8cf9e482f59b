import { serializeSchema } from '@koyalite/schema'
import type { FoundBackup } from '../backup-place'
import type { OperationsContext } from '../operations-context'
import { type CollectionEffect, changesSince, firstChange } from '../store/changes-since'

/** What a restore would mean. */
export interface RestoreEffect {
  /** When the backup was made; null where it does not say. */
  readonly created_at: string | null
  /** Null where the change log does not have all that happened since; `unknown` says why. */
  readonly collections: readonly CollectionEffect[] | null
  readonly unknown: string | null
  /** Whether the tables had another schema then. They are migrated to schema.yaml as it is now. */
  readonly schema_differs: boolean
}

/** Compares what is served with a backup, by the change log. Reads the log once. */
export function restoreEffect({ database, schema }: OperationsContext, { manifest }: FoundBackup): RestoreEffect {
  const hash = new Bun.CryptoHasher('sha256').update(serializeSchema(schema)).digest('hex')
  const effect = { created_at: manifest?.created_at ?? null, schema_differs: manifest?.schema !== hash }
  if (manifest === null) return { ...effect, collections: null, unknown: 'The backup has no manifest.' }
  if (manifest.epoch !== database.feed.epoch) {
    const unknown = 'There was a restore, a reset or an unclean end since: the change log begins after that.'
    return { ...effect, collections: null, unknown }
  }
  if (firstChange(database) > manifest.seq + 1) {
    const unknown = 'The change log does not go back that far (database.changes.keep).'
    return { ...effect, collections: null, unknown }
  }
  const collections = changesSince(database, manifest.seq).filter(({ collection }) =>
    schema.collections.has(collection),
  )
  return { ...effect, collections, unknown: null }
}
