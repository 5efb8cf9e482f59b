import type { AppError } from '@koyalite/contracts'
import type { ApiResponse } from './route'

const RETRY_MS = 3_000

/**
 * The response to an EventSource that reconnects at a bad moment. It gives up permanently at any status but 200; a stream that ends is
 * not: it waits as long as `retry` says, and tries again with the same last event id. Null for whoever is no EventSource that comes back, and for errors
 * that will come again.
 */
export function comeBackLater(error: AppError, headers: Headers): ApiResponse | null {
  const isPassing = error.status === 503 || error.status === 429
  if (!isPassing || !headers.has('last-event-id')) return null
  if (headers.get('accept')?.includes('text/event-stream') !== true) return null
  const seconds = Number(error.headers?.['retry-after'])
  const retry = Math.max(RETRY_MS, Number.isFinite(seconds) ? seconds * 1000 : 0)
  const { code, message } = error
  const payload = { code, message, details: [], timestamp: new Date().toISOString() }
  const body = `retry: ${retry}\nevent: error\ndata: ${JSON.stringify({ type: 'error', payload })}\n\n`
  return {
    status: 200,
    body,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' },
  }
}
