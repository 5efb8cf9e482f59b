import { AppError, type JsonValue, matchesEvent, type ProjectEvents, type Tx } from '@koyalite/contracts'
import type { RunningCall } from '../calls/running-calls'

/** An event that a call wants to publish, checked as far as that goes without a transaction. */
export interface PreparedEvent {
  /** @throws AppError VALIDATION_ERROR, PAYLOAD_TOO_LARGE */
  run(tx: Tx): JsonValue
}

/** Who publishes. */
export interface Publisher extends Pick<RunningCall, 'function' | 'readsOnly' | 'isTrial' | 'chain'> {
  /** What it may publish. */
  readonly publishes: readonly string[]
}

/** @throws AppError FUNCTION_ERROR where its manifest does not name it, FORBIDDEN where the call only reads, VALIDATION_ERROR */
export function prepareEvent(events: Pick<ProjectEvents, 'publish'>, call: Publisher, sent: unknown): PreparedEvent {
  if (call.readsOnly)
    throw new AppError(
      'FORBIDDEN',
      `${call.function} only reads, and so publishes no events: its manifest says read: true.`,
    )
  if (call.isTrial)
    throw new AppError('FORBIDDEN', `As somebody else, operators publish no events: call ${call.function} as yourself.`)
  const { type, data = null } = (sent ?? {}) as { readonly type?: unknown; readonly data?: JsonValue }
  if (typeof type !== 'string')
    throw new AppError('VALIDATION_ERROR', "'type' must be the name of an event, like orders.paid.")
  if (!call.publishes.some((pattern) => matchesEvent(pattern, type))) {
    const advice = `add it to its manifest: publishes: [${[...call.publishes, type].join(', ')}]`
    throw new AppError('FUNCTION_ERROR', `${call.function} may not publish ${type}: ${advice}`)
  }
  return {
    run(tx) {
      events.publish(tx, { type, data, chain: call.chain })
      return {}
    },
  }
}
