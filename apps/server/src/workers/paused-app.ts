import { AppError } from '@koyalite/contracts'
import { errorBody, type HttpApp } from '@koyalite/kernel'
import { isLiveRequest } from '@koyalite/realtime'

/** Closed while the schema changes. */
export interface Gate {
  readonly isClosed: boolean
  close(): void
  open(): void
  /** Resolves when it is open: with whether that was before `ms` were over. */
  opened(ms: number): Promise<boolean>
}

export function createGate(isClosed: boolean): Gate {
  let waiting: PromiseWithResolvers<true> | null = isClosed ? Promise.withResolvers() : null
  return {
    get isClosed() {
      return waiting !== null
    },
    close() {
      waiting ??= Promise.withResolvers()
    },
    open() {
      waiting?.resolve(true)
      waiting = null
    },
    async opened(ms) {
      if (waiting === null) return true
      const late = Promise.withResolvers<false>()
      const timer = setTimeout(() => late.resolve(false), ms)
      const isOpen = await Promise.race([waiting.promise, late.promise])
      clearTimeout(timer)
      return isOpen
    },
  }
}

/** Clients wait about this long for a handshake. */
const PATIENCE_MS = 8_000

/**
 * The app of a worker. While the gate is closed it forwards requests; connections that last cannot be forwarded, and would be of the old schema: they wait
 * for the new one, or are asked to reconnect.
 */
export function pausedApp(gate: Gate, app: () => HttpApp): HttpApp {
  if (!gate.isClosed) return app()
  return {
    fetch(request, connection) {
      if (!isLiveRequest(request.method, request.url)) return app().fetch(request, connection)
      return gate.opened(PATIENCE_MS).then((isOpen) =>
        // The primary can serve an event stream through this process; a handshake cannot be forwarded.
        isOpen || !isHandshake(request) ? app().fetch(request, connection) : reconnectLater(),
      )
    },
  }
}

function isHandshake({ headers }: Request): boolean {
  return headers.get('upgrade') !== null
}

function reconnectLater(): Response {
  const error = new AppError('UNAVAILABLE', 'The schema is being changed: reconnect in a moment.')
  const id = crypto.randomUUID()
  return Response.json(errorBody(error, id, Date.now()), {
    status: error.status,
    headers: { 'retry-after': '1', 'cache-control': 'no-store', 'x-request-id': id },
  })
}
