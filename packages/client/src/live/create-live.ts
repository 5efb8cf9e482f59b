import type { ClientContext } from '../client-context'
import type { LiveObserver, LiveRequest, LiveSource, LiveStore } from '../ports'
import type { OpenChannel } from './channel'
import { Connection, type ConnectionState } from './connection'
import { EMPTY, SharedQuery } from './shared-query'
import { type OnWake, onBrowserWake } from './wake-events'

/** So long after the last listener a query is followed on: the next one may come at once. */
const RELEASE_MS = 1_000

/** The connection for live queries, as a store. */
export interface Realtime {
  readonly status: {
    /** The same object until something changes. */
    getSnapshot(): ConnectionState
    subscribe(listener: () => void): () => void
  }
  /**
   * Looks at once whether the connection is alive, and replaces it if not within five seconds. Browsers call it by themselves when a tab
   * is shown or the network is back.
   */
  wake(): void
}

export interface Live extends LiveSource {
  readonly realtime: Realtime
}

export interface LiveParts {
  readonly open: OpenChannel
  /** @default what browsers say */
  readonly onWake?: OnWake | undefined
}

export function createLive(context: ClientContext, { open, onWake = onBrowserWake }: LiveParts): Live {
  const { session, isLocal } = context.transport
  const warned = new Set<string>()
  const connection = new Connection(session, {
    ...{ open, onWake },
    postponed({ code, message }) {
      if (!isLocal || warned.has(code)) return
      warned.add(code)
      console.warn(`koyalite: a live query is not there yet, and is tried again: ${message} (${code})`)
    },
  })
  const queries = new Map<string, SharedQuery>()
  let stopFollowing: (() => void) | undefined

  function follow(request: LiveRequest): SharedQuery {
    stopFollowing ??= session.onUserChange(() => {
      connection.restart(() => {
        context.prefetched.clear()
        // All are empty before the first listener is called.
        const notify = [...queries.values()].map((query) => query.clear())
        for (const each of notify) each()
      })
    })
    const query = queries.get(request.key) ?? new SharedQuery(request, context, connection)
    queries.set(request.key, query)
    return query
  }

  /** Once the last listener has left; what has ended is not kept for the next one. */
  function release(query: SharedQuery): void {
    if (query.isUsed) return
    const end = () => {
      if (query.isUsed || queries.get(query.request.key) !== query) return
      queries.delete(query.request.key)
      connection.remove(query)
      if (queries.size > 0) return
      stopFollowing?.()
      stopFollowing = undefined
    }
    if (query.isClosed) end()
    else setTimeout(end, RELEASE_MS)
  }

  function attach(request: LiveRequest, listen: (query: SharedQuery) => () => void): () => void {
    const query = follow(request)
    const stop = listen(query)
    return () => {
      stop()
      release(query)
    }
  }

  return {
    open<D>(request: LiveRequest): LiveStore<D> {
      return {
        getSnapshot: () =>
          (queries.get(request.key)?.snapshot ?? request.known?.()?.snapshot ?? EMPTY) as ReturnType<
            LiveStore<D>['getSnapshot']
          >,
        subscribe: (listener) => attach(request, (query) => query.listen(() => listener())),
        async reached(seq, options) {
          const stop = attach(request, (query) => query.listen(() => {}))
          await follow(request).reached(seq, options).finally(stop)
        },
      }
    },
    subscribe(request, observer, { signal } = {}) {
      if (signal?.aborted) return () => {}
      const stop = attach(request, (query) => query.observe(observer as LiveObserver<object>))
      const end = () => {
        signal?.removeEventListener('abort', end)
        stop()
      }
      signal?.addEventListener('abort', end)
      return end
    },
    realtime: {
      status: { getSnapshot: () => connection.state, subscribe: (listener) => connection.subscribe(() => listener()) },
      wake: () => connection.wake(),
    },
  }
}
