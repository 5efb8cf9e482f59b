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
 * The app of a worker. While the gate is closed it passes requests on; connections that last cannot be passed on, and would be of the
 * schema that goes: they wait for the next one, or are told to come again.
 */
export function heldApp(gate: Gate, app: () => HttpApp): HttpApp {
  if (!gate.isClosed) return app()
  return {
    fetch(request, connection) {
      if (!isLiveRequest(request.method, request.url)) return app().fetch(request, connection)
      return gate.opened(PATIENCE_MS).then((isOpen) =>
        // The main process can serve an event stream through this one; a handshake is none any more when it gets there.
        isOpen || !isHandshake(request) ? app().fetch(request, connection) : comeAgain(),
      )
    },
  }
}

function isHandshake({ headers }: Request): boolean {
  return headers.get('upgrade') !== null
}

function comeAgain(): Response {
  const error = new AppError('UNAVAILABLE', 'The schema is being changed: reconnect in a moment.')
  const id = crypto.randomUUID()
  return Response.json(errorBody(error, id, Date.now()), {
    status: error.status,
    headers: { 'retry-after': '1', 'cache-control': 'no-store', 'x-request-id': id },
  })
}
