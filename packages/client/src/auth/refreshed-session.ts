import { isKoyaError } from '../koya-error'
import type { Answer, Transport } from '../transport'
import type { SessionResponse } from './stored-session'

/**
 * A refresh token works once, but for 10 seconds the server repeats its response to it: a response that was lost on its way must be
 * asked for again within that time, or the session is over. Hence a second and a third request, while the first may still be open.
 */
const ASK_AGAIN_AFTER_MS = 3_000
const MAX_REQUESTS = 3
const TIMEOUT_MS = 15_000

/** Null where the server refuses: the session has ended. @param refreshToken undefined: in a cookie */
export async function refreshedSession(
  transport: Transport,
  refreshToken: string | undefined,
): Promise<SessionResponse | null> {
  const body = JSON.stringify({ refresh_token: refreshToken })
  const call = { method: 'POST', path: '/api/auth/refresh', body, bearer: null } as const
  const ended = new AbortController()
  try {
    const answer = await repeated(() => transport.send(call, { timeout: TIMEOUT_MS, signal: ended.signal }))
    return answer.body as SessionResponse
  } catch (error) {
    if (isKoyaError(error) && error.code === 'UNAUTHENTICATED') return null
    throw error
  } finally {
    ended.abort()
  }
}

/** The first response, whichever request it is of. */
function repeated(send: () => Promise<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let [requests, open] = [0, 0]
    let timer: ReturnType<typeof setTimeout> | undefined
    const settle = <T>(how: (value: T) => void) => {
      return (value: T) => {
        clearTimeout(timer)
        requests = MAX_REQUESTS
        how(value)
      }
    }
    const ask = () => {
      requests++
      open++
      if (requests < MAX_REQUESTS) timer = setTimeout(ask, ASK_AGAIN_AFTER_MS)
      send().then(settle(resolve), (error: unknown) => {
        open--
        const mayPass = isKoyaError(error) && (error.code === 'NETWORK' || error.code === 'UNAVAILABLE')
        if (!mayPass || (open === 0 && requests >= MAX_REQUESTS)) return settle(reject)(error)
        if (requests >= MAX_REQUESTS) return
        clearTimeout(timer)
        timer = setTimeout(ask, 200 * 2 ** requests)
      })
    }
    ask()
  })
}
