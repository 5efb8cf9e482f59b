import type { Database } from '@koyalite/sqlite'
import { saveKeyUse } from '../store/key-uses'

/** Seen more often, a key is not stored again: so a request costs a look into a map. */
export const KEY_USE_EVERY_MS = 60_000

/** Notes when service keys are used, to the minute. Of keys that are valid only, so that nobody makes it grow. */
export interface KeyUses {
  /** @param now milliseconds since 1970 */
  note(keyId: string, now: number): void
}

export function createKeyUses(database: Pick<Database, 'write'>): KeyUses {
  /** When each key's use was stored last by this process. */
  const stored = new Map<string, number>()
  return {
    note(keyId, now) {
      const last = stored.get(keyId)
      if (last !== undefined && now - last < KEY_USE_EVERY_MS) return
      stored.set(keyId, now)
      // No request waits for it, and none fails by it: a database that cannot be written to now is asked again.
      void database
        .write((tx) => saveKeyUse(tx, keyId, now))
        .catch(() => {
          if (stored.get(keyId) === now) stored.delete(keyId)
        })
    },
  }
}
