import { AppError, type JsonValue, type RepeatedRequests } from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'
import { callerKey, DROPPED, deleteResponse, requireSame, selectResponse, storeResponse } from '../store/idempotency'

/** Stored for a request that runs, in this process or in one that has ended. */
const RUNNING = '{"running":true}'

/** Characters of what is stored of a request that has run. */
const MAX_KEPT = 256 * 1024

type Stored = { readonly kept: JsonValue } | { readonly dropped: true } | { readonly running: true }

/** Requests that run here are known by their keys: what is stored as running, and is none of them, was cut short. */
export function createRepeatedRequests(database: Pick<Database, 'write'>): RepeatedRequests {
  const running = new Set<string>()
  return {
    async once({ actor, idempotency: { key, fingerprint }, time }, run) {
      const caller = callerKey(actor)
      const id = `${caller} ${key}`
      const store = (response: string) =>
        database.write((tx) => storeResponse(tx, caller, key, { fingerprint, response }, { now: time }))
      let isFirst = false
      try {
        const { value: before } = await database.write<Stored | null>((tx) => {
          const known = selectResponse(tx, caller, key, time)
          if (known !== null) {
            requireSame(known, fingerprint)
            if (known.response === RUNNING && running.has(id)) throw stillRuns()
            return JSON.parse(known.response) as Stored
          }
          storeResponse(tx, caller, key, { fingerprint, response: RUNNING }, { now: time })
          // Before others have their turn of the writer.
          running.add(id)
          isFirst = true
          return null
        })
        if (before !== null) return outcomeOf(before)
        const { value, kept } = await run()
        if (kept === null) await database.write((tx) => deleteResponse(tx, caller, key))
        else await store(textOf(kept))
        return { kind: 'first', value }
      } finally {
        if (isFirst) running.delete(id)
      }
    },
  }
}

function textOf(kept: JsonValue): string {
  const text = JSON.stringify({ kept } satisfies Stored)
  return text.length > MAX_KEPT ? DROPPED : text
}

function outcomeOf(stored: Stored) {
  if ('kept' in stored) return { kind: 'repeated', kept: stored.kept } as const
  return { kind: 'dropped' in stored ? 'dropped' : 'unknown' } as const
}

function stillRuns(): AppError {
  return new AppError(
    'CONFLICT',
    'The first request with this Idempotency-Key is still running. Send it again later.',
    {
      executed: 'maybe',
      headers: { 'retry-after': '1' },
    },
  )
}
