import type { ClientContext } from '../../client-context'
import type { KoyaError } from '../../koya-error'
import type { LiveSnapshot, LiveStore } from '../../ports'

/** A live query whose server is the test. */
export interface MemoryQuery<D> {
  readonly key: string
  readonly context: ClientContext
  live(): LiveStore<D>
  get(): Promise<D[]>
  limit(limit: number): MemoryQuery<D>
  /** Listeners at this moment. */
  readonly listeners: number
  /** How often it went from no listener to one. */
  readonly starts: number
  readonly gets: number
  show(docs: readonly D[]): void
  fail(error: KoyaError): void
}

/** Queries of one client: equal keys are one subscription. */
export function memoryQueries<D>() {
  const queries = new Map<string, MemoryQuery<D>>()
  const userListeners = new Set<() => void>()
  const context = {
    transport: {
      lastSeq: 'e.1',
      session: {
        onUserChange(listener: () => void) {
          userListeners.add(listener)
          return () => userListeners.delete(listener)
        },
      },
    },
    prefetched: new Map(),
  } as unknown as ClientContext

  /** Another object each time, as where a component builds it in render. */
  function query(key: string): MemoryQuery<D> {
    const existing = queries.get(key) ?? create(key)
    queries.set(key, existing)
    return Object.defineProperties({} as MemoryQuery<D>, Object.getOwnPropertyDescriptors(existing))
  }

  function create(key: string): MemoryQuery<D> {
    const listeners = new Set<() => void>()
    let snapshot: LiveSnapshot<D> = { docs: [], seq: undefined, status: 'connecting' }
    let starts = 0
    let gets = 0
    const waiting: PromiseWithResolvers<D[]>[] = []
    const set = (next: LiveSnapshot<D>) => {
      snapshot = next
      for (const listener of [...listeners]) listener()
    }
    const store: LiveStore<D> = {
      getSnapshot: () => snapshot,
      subscribe(listener) {
        const own = () => listener()
        if (listeners.size === 0) starts++
        listeners.add(own)
        return () => void listeners.delete(own)
      },
      reached: async () => undefined,
    }
    return {
      key,
      context,
      live: () => ({ ...store }),
      get() {
        gets++
        const response = Promise.withResolvers<D[]>()
        waiting.push(response)
        return response.promise
      },
      limit: (limit) => query(`${key.replace(/ limit.*/, '')} limit ${limit}`),
      get listeners() {
        return listeners.size
      },
      get starts() {
        return starts
      },
      get gets() {
        return gets
      },
      show(docs) {
        for (const { resolve } of waiting.splice(0)) resolve([...docs])
        set({ docs, seq: 'e.1', status: 'live' })
      },
      fail(error) {
        for (const { reject } of waiting.splice(0)) reject(error)
        set({ docs: [], seq: undefined, status: 'closed', error })
      },
    }
  }

  return { query, changeUser: () => [...userListeners].forEach((listener) => void listener()) }
}
