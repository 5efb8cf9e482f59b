import type { ServerMessage } from '@koyalite/contracts'
import { isKoyaError, KoyaError } from '../koya-error'
import type { Transport } from '../transport'
import type { Channel, ChannelEnd, ChannelEvents } from './channel'

const PATH = '/api/realtime/stream'
/** A browser has six connections for all that a page does. Their order does not matter, but that `auth` is before all others. */
const MAX_REQUESTS = 3
/** The stream has ended; another one may be opened. */
const GONE = 404

/** One response that does not end, with all messages of the server; those of the client are requests beside it. */
export function openEventStream(
  { stream, send }: Pick<Transport, 'stream' | 'send'>,
  given: string | null,
  events: ChannelEvents,
): Channel {
  const controller = new AbortController()
  const { signal } = controller
  let bearer = given
  let id = ''
  let authenticated: Promise<unknown> = Promise.resolve()
  const waiting: object[] = []
  let underWay = 0
  const end = (error: unknown) => {
    if (signal.aborted) return
    controller.abort()
    events.ended(endOf(error))
  }
  const take = (message: ServerMessage) => {
    if (message.type === 'connected' && 'id' in message.payload) id = message.payload.id
    if (!signal.aborted) events.message(message)
  }
  const post = async (message: object) => {
    const call = { method: 'POST', path: `${PATH}/${id}`, body: JSON.stringify(message), bearer } as const
    if (!signal.aborted) await send(call, { signal }).catch(end)
  }
  const sendWaiting = async () => {
    if (underWay === MAX_REQUESTS) return
    underWay++
    await authenticated
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await post(next)
    underWay--
  }
  stream({ method: 'POST', path: PATH, bearer }, signal)
    .then((response) => readEvents(response, (data) => take(JSON.parse(data))))
    .then(() => end(new KoyaError('NETWORK', 'the event stream has ended')), end)
  return {
    send(message) {
      const { type, payload } = message as { readonly type: string; readonly payload?: { readonly token?: string } }
      if (type === 'auth') {
        bearer = payload?.token ?? bearer
        authenticated = authenticated.then(() => post(message))
      } else {
        waiting.push(message)
        void sendWaiting()
      }
    },
    close: () => controller.abort(),
  }
}

function endOf(thrown: unknown): ChannelEnd {
  const error = isKoyaError(thrown) ? thrown : new KoyaError('UNEXPECTED_RESPONSE', String(thrown), { cause: thrown })
  if (error.code === 'UNAUTHENTICATED') return { error, kind: 'credential' }
  const isRefused = error.status >= 400 && error.status < 500 && error.status !== GONE && error.status !== 429
  // Whoever answers in the place of the server may do so for a moment only.
  return { error, kind: isRefused && error.code !== 'UNEXPECTED_RESPONSE' ? 'permanent' : 'temporary' }
}

/** Resolves at the end of the response. Throws where the runtime cannot read it piece by piece, or it breaks off. */
async function readEvents(response: Response, take: (data: string) => void): Promise<void> {
  const reader = response.body?.getReader()
  if (reader === undefined) {
    throw new KoyaError('NETWORK', 'this runtime cannot read event streams, and WebSockets do not get through')
  }
  const decoder = new TextDecoder()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const events = (rest + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/)
    rest = events.pop() ?? ''
    for (const event of events) {
      const data = /^data: ?(.*)$/m.exec(event)?.[1]
      if (data !== undefined) take(data)
    }
  }
}
