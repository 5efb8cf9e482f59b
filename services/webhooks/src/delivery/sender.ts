import type { Tx } from '@koyalite/contracts'
import type { Log, Outbound } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import type { DisabledReason } from '../endpoints/endpoint'
import type { EndpointSet } from '../endpoints/endpoint-set'
import { findDelivery, finishDelivery, listDue, nextDueAfter, noteAttempt } from '../store/deliveries'
import { noteFailure, noteSuccess } from '../store/endpoint-rows'
import type { Delivery } from './delivery'
import { waitAfter } from './retry-schedule'
import { SEND_TIMEOUT_MS, type SendResult, sendMessage } from './send-message'

export interface SenderOptions {
  readonly database: Database
  readonly endpoints: EndpointSet
  readonly outbound: Outbound
  /** What signs for an endpoint now. */
  readonly secretsOf: (endpoint: string) => readonly string[]
  readonly log: Pick<Log, 'warn' | 'error'>
  readonly now: () => number
  readonly random: () => number
  readonly timeoutMs?: number
  /** In the transaction in which an endpoint turns out not to be one any more. */
  readonly disable: (tx: Tx, endpoint: string, reason: DisabledReason) => void
  /** After each attempt, once it is stored. */
  readonly onAttempt: (delivery: Delivery, isSuccess: boolean) => void
  /** What is due, and when, is different. */
  readonly onChange: () => void
}

/** Of one endpoint: what is under way to it, in memory. A server that was killed finds everything due that it had not noted. */
interface Lane {
  readonly running: Set<number>
  /** Those that were found due at once: looked at again before each is sent. */
  found: number[]
  /** Failures since the last success. */
  failures: number
  pausedUntil: number
}

/** How many requests an endpoint gets at once; those of one document never overlap. */
const MAX_AT_ONCE = 10
/** How many are looked for at once. */
const AHEAD = 50
/** After so many failures in a row it gets one at a time, until one succeeds. */
const FAILURES_UNTIL_SLOW = 3
/** A receiver that asks for patience gets nothing at all meanwhile, but not for longer than that. */
const LONGEST_PAUSE_MS = 3_600_000
/** The database would not note what came of an attempt. */
const STORE_RETRY_MS = 5000
const DISABLE_AFTER_MS = 5 * 86_400_000

/**
 * Sends what is due: at least once each, a lane for each endpoint, so that one that is slow or dead delays no other. The deliveries themselves are the
 * queue: SPEC.md, S.
 */
export class Sender {
  readonly #options: SenderOptions
  readonly #lanes = new Map<string, Lane>()
  readonly #stopping = new AbortController()
  readonly #running = new Set<Promise<void>>()

  constructor(options: SenderOptions) {
    this.#options = options
  }

  /** Starts what may be sent to an endpoint now. */
  wake(name: string): void {
    if (this.#stopping.signal.aborted) return
    const { endpoints, now } = this.#options
    const lane = this.#laneOf(name)
    const { running } = lane
    const free = capacityOf(lane) - running.size
    // What ends wakes it again.
    if (free <= 0) return
    const time = now()
    const endpoint = endpoints.find(name)
    if (lane.pausedUntil <= time && endpoint !== null && endpoint.disabledAt === null) {
      for (let started = 0; started < free; started++) {
        const delivery = this.#next(name, lane, time)
        if (delivery === null) break
        this.#start(delivery, endpoint.url, lane)
      }
      // All that it may have is under way.
      if (running.size >= capacityOf(lane)) return
    }
    lane.found = []
    this.#options.onChange()
  }

  wakeAll(): void {
    for (const { name } of this.#options.endpoints.list()) this.wake(name)
  }

  /** When something is to be started next that is not due yet; null where nothing is. */
  nextDue(): number | null {
    const { endpoints, database, now } = this.#options
    const time = now()
    const times = endpoints.list().flatMap(({ name, disabledAt }) => {
      if (disabledAt !== null) return []
      const { pausedUntil } = this.#laneOf(name)
      if (pausedUntil > time) return [pausedUntil]
      const next = nextDueAfter(database, name, time)
      return next === null ? [] : [next]
    })
    return times.length === 0 ? null : Math.min(...times)
  }

  /** How many requests are under way. */
  get atOnce(): number {
    return this.#running.size
  }

  isRunning({ endpoint, id }: Delivery): boolean {
    return this.#lanes.get(endpoint)?.running.has(id) ?? false
  }

  /** Starts nothing more. What is under way is interrupted, and not counted. */
  async close(): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.#running)
  }

  #laneOf(name: string): Lane {
    let lane = this.#lanes.get(name)
    if (lane === undefined) {
      lane = { running: new Set(), found: [], failures: 0, pausedUntil: 0 }
      this.#lanes.set(name, lane)
    }
    return lane
  }

  /** The next that is due and not under way; null without one. */
  #next(name: string, lane: Lane, now: number): Delivery | null {
    const { database } = this.#options
    for (;;) {
      if (lane.found.length === 0)
        lane.found = listDue(database, name, now, lane.running.size + AHEAD).filter((id) => !lane.running.has(id))
      const id = lane.found.shift()
      if (id === undefined) return null
      const delivery = lane.running.has(id) ? null : findDelivery(database, id)
      if (delivery !== null && delivery.state === 'waiting' && delivery.nextAt <= now) return delivery
    }
  }

  #start(delivery: Delivery, url: string, lane: Lane): void {
    lane.running.add(delivery.id)
    const work = this.#send(delivery, url, lane).finally(() => {
      lane.running.delete(delivery.id)
      this.#running.delete(work)
      this.wake(delivery.endpoint)
    })
    this.#running.add(work)
  }

  async #send(delivery: Delivery, url: string, lane: Lane): Promise<void> {
    const { outbound, now, log, secretsOf, timeoutMs = SEND_TIMEOUT_MS } = this.#options
    const { endpoint, messageId, body } = delivery
    const secrets = secretsOf(endpoint)
    const result: SendResult =
      secrets.length === 0
        ? noSecret(now())
        : await sendMessage(
            { id: messageId, url, body, secrets },
            { outbound, now, timeoutMs, signal: this.#stopping.signal },
          )
    if (result.kind === 'interrupted') return
    noteInLane(lane, result, now())
    try {
      await this.#store(delivery, result)
    } catch (error) {
      lane.pausedUntil = Math.max(lane.pausedUntil, now() + STORE_RETRY_MS)
      log.error({ err: error, webhook: endpoint, delivery: delivery.id }, 'could not note a delivery; it is sent again')
      return
    }
    this.#options.onAttempt(delivery, result.kind === 'delivered')
  }

  async #store(sent: Delivery, result: Exclude<SendResult, { kind: 'interrupted' }>): Promise<void> {
    const { database, now, random, disable, log } = this.#options
    const { endpoint: name } = sent
    const time = now()
    await database.write((tx) => {
      const attempts = [...sent.attempts, result.attempt]
      if (result.kind === 'delivered') {
        finishDelivery(tx, sent, { state: 'delivered', attempts, at: time })
        noteSuccess(tx, name, time)
        return
      }
      const asked = result.kind === 'failed' ? result.retryAfterMs : null
      const wait = result.kind === 'gone' ? null : waitAfter(attempts.length, asked, random())
      if (wait === null) finishDelivery(tx, sent, { state: 'dead', attempts, at: time })
      else noteAttempt(tx, { id: sent.id, attempts, nextAt: time + wait })
      log.warn(
        { webhook: name, delivery: sent.id, status: result.attempt.status, err: result.attempt.error },
        wait === null ? 'giving up on a webhook' : 'could not deliver a webhook; it will be retried',
      )
      const since = noteFailure(tx, name, time)
      if (result.kind === 'gone') disable(tx, name, 'gone')
      else if (time - since >= DISABLE_AFTER_MS) disable(tx, name, 'failing')
    })
  }
}

function capacityOf({ failures }: Lane): number {
  return failures >= FAILURES_UNTIL_SLOW ? 1 : MAX_AT_ONCE
}

function noteInLane(lane: Lane, result: Exclude<SendResult, { kind: 'interrupted' }>, now: number): void {
  if (result.kind === 'delivered') {
    lane.failures = 0
    return
  }
  lane.failures += result.kind === 'failed' && result.isBusy ? FAILURES_UNTIL_SLOW : 1
  if (result.kind === 'failed' && result.retryAfterMs !== null)
    lane.pausedUntil = now + Math.min(result.retryAfterMs, LONGEST_PAUSE_MS)
}

function noSecret(at: number): SendResult {
  const error = 'there is no secret to sign with, or the key that encrypted it is no longer in data/keys: rotate it'
  return { kind: 'failed', attempt: { at, status: null, ms: 0, error }, retryAfterMs: null, isBusy: false }
}
