import { AsyncLocalStorage } from 'node:async_hooks'
import type { FunctionEvent } from '../event-types'
import type { CallInfo } from './call-info'
import { CallLog } from './call-log'
import type { ServerFetch } from './server-connection'

/** One call of the function, as long as anything of it runs. */
export interface Call {
  readonly info: CallInfo
  readonly log: CallLog
  readonly signal: AbortSignal
  readonly server: ServerFetch
  /** Whether a transaction of it is open: meanwhile nothing but it may touch documents. */
  hasTransaction: boolean
  /** Why it is made, once its input was read. */
  event: FunctionEvent | null
}

/** Later timers would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

const storage = new AsyncLocalStorage<Call>()

/** The call that the present code belongs to; undefined: that of none. */
export function currentCall(): Call | undefined {
  return storage.getStore()
}

export function inCall<T>(call: Call, run: () => T): T {
  return storage.run(call, run)
}

export interface OpenedCall {
  readonly call: Call
  /** Nobody waits for its answer. */
  leave(): void
  /** The answer has begun: the deadline has been met. */
  answered(): void
}

/** @param gone aborted when the caller is gone */
export function openCall(info: CallInfo, { server, gone }: { server: ServerFetch; gone: AbortSignal }): OpenedCall {
  const controller = new AbortController()
  const call: Call = {
    info,
    log: new CallLog((lines) => sendLines(lines, { info, server })),
    signal: controller.signal,
    server,
    hasTransaction: false,
    event: null,
  }
  // What listens to it belongs to the call, though the event comes from outside.
  const abort = (name: string, message: string) => inCall(call, () => controller.abort(new DOMException(message, name)))
  const left = info.deadline - Date.now()
  const late = () => abort('TimeoutError', 'the time of the call is over')
  const timer = left < MAX_TIMER_MS ? setTimeout(late, Math.max(0, left)) : undefined
  const leave = () => abort('AbortError', 'the caller has gone')
  if (gone.aborted) leave()
  else gone.addEventListener('abort', leave, { once: true })
  return { call, leave, answered: () => clearTimeout(timer) }
}

/** Lines that the server does not take (it is going, or the call has ended long ago) are left to the instance's own log. */
async function sendLines(lines: string, { info, server }: Pick<Call, 'info' | 'server'>): Promise<void> {
  const headers = { authorization: `Bearer ${info.token}`, 'content-type': 'application/x-ndjson' }
  const sent = await server('/internal/v1/logs', { method: 'POST', headers, body: lines }).catch(() => undefined)
  if (sent?.ok !== true) process.stderr.write(`log of execution ${info.execution}, which has ended:\n${lines}`)
}
