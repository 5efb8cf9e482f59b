import type { LiveStore } from '@koyalite/client/adapter'
import type { SyncConfig } from '@tanstack/db'
import type { KoyaSource } from './koya-source'

/**
 * Follows the live query. All that a run knows is inside of it: options may be used for several collections, and a collection is started
 * again after it was cleaned up.
 */
export function syncOf<D extends object, K extends string | number>({ key, live }: KoyaSource): SyncConfig<D, K> {
  return {
    // Documents come whole: a field that a rule hides from now on must not stay.
    rowUpdateMode: 'full',
    sync({ begin, write, commit, truncate, markReady, markError }) {
      const store = live() as LiveStore<D>
      const held = new Map<K, D>()
      let isReady = false

      function take(): void {
        const { docs, seq, error } = store.getSnapshot()
        if (seq === undefined) leaveUser()
        else show(docs)
        if (seq !== undefined && !isReady) {
          isReady = true
          markReady()
        }
        if (error !== undefined && !isReady) markError(error)
      }

      /** Snapshots too are taken as the difference to what is there, so that nothing disappears meanwhile. */
      function show(docs: readonly D[]): void {
        const found = new Map(docs.map((doc) => [doc[key as keyof D] as K, doc]))
        const gone = [...held.keys()].filter((id) => !found.has(id))
        const changed = [...found].filter(([id, doc]) => held.get(id) !== doc)
        if (gone.length + changed.length === 0) return
        begin()
        for (const id of gone) {
          held.delete(id)
          write({ type: 'delete', key: id })
        }
        for (const [id, value] of changed) {
          write({ type: held.has(id) ? 'update' : 'insert', value })
          held.set(id, value)
        }
        commit()
      }

      /** What is held belongs to a user who has left. Unlike a deletion, this does not wait for writes that are under way. */
      function leaveUser(): void {
        if (held.size === 0) return
        held.clear()
        begin()
        truncate({ markReady: false })
        commit()
      }

      const leave = store.subscribe(take)
      take()
      return () => {
        leave()
        held.clear()
      }
    },
  }
}
