import type { ClientContext } from '../client-context'
import { partsOf } from '../client-parts'
import type { KoyaError } from '../koya-error'
import type { LiveSnapshot } from '../ports'
import type { QueryLike, QuerySource } from './query-source'

interface Read<D> extends QuerySource<D> {
  /** Nobody listens to it any more, since a second or longer. */
  isLeft(): boolean
  /** Starts anew: what it has read belongs to another user. */
  restart(): void
}

/** For components that mount again at once, as in Strict Mode. */
const KEPT_MS = 1000
const LOADING: LiveSnapshot<never> = { docs: [], seq: undefined, status: 'connecting' }

const readsOfClients = new WeakMap<ClientContext, Map<string, Read<unknown>>>()

/** One read for all components that show an equal query; a component that comes later reads again. */
export function readOf<D>(query: QueryLike<D>): QuerySource<D> {
  const { context } = partsOf(query)
  const reads = readsOf(context)
  const existing = reads.get(query.key)
  if (existing !== undefined && !existing.isLeft()) return existing as Read<D>
  for (const [key, read] of reads) if (read.isLeft()) reads.delete(key)
  const read = createRead(query, () => context.transport.lastSeq ?? '')
  reads.set(query.key, read)
  return read
}

function readsOf(context: ClientContext): Map<string, Read<unknown>> {
  const existing = readsOfClients.get(context)
  if (existing !== undefined) return existing
  const reads = new Map<string, Read<unknown>>()
  readsOfClients.set(context, reads)
  context.transport.session.onUserChange(() => {
    for (const read of reads.values()) read.restart()
  })
  return reads
}

function createRead<D>(query: QueryLike<D>, seq: () => string): Read<D> {
  const listeners = new Set<() => void>()
  let snapshot: LiveSnapshot<D> = LOADING
  let leftAt = Date.now()
  let request: AbortController | undefined

  function show(next: LiveSnapshot<D>): void {
    snapshot = next
    for (const listener of listeners) listener()
  }

  async function load(): Promise<void> {
    const mine = new AbortController()
    request = mine
    try {
      const docs = await query.get({ signal: mine.signal })
      if (request === mine) show({ docs, seq: seq(), status: 'closed' })
    } catch (error) {
      // `get` rejects with nothing else.
      if (request === mine) show({ ...LOADING, status: 'closed', error: error as KoyaError })
    }
  }

  return {
    isLeft: () => listeners.size === 0 && (snapshot.error !== undefined || Date.now() - leftAt >= KEPT_MS),
    getSnapshot: () => snapshot,
    subscribe(listener) {
      // Each call is a listener of its own, even with the same function.
      const own = () => listener()
      listeners.add(own)
      if (request === undefined) void load()
      return () => {
        listeners.delete(own)
        leftAt = Date.now()
      }
    },
    restart() {
      request?.abort()
      request = undefined
      show(LOADING)
      if (listeners.size > 0) void load()
    },
  }
}
