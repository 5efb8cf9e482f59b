import {
  AppError,
  EVENT_JOBS,
  type EventCause,
  type EventSubscriber,
  type JobHandler,
  type JobHandlers,
  type JobQueue,
  type JsonValue,
  matchesEvent,
  type ProjectEvent,
  retryDelay,
  type Tx,
} from '@koyalite/contracts'
import type { Log } from '@koyalite/kernel'
import { type JobContext, runJob } from '../jobs/run-job'
import { DEFAULT_QUEUE } from '../source/manifest/read-queue'
import type { FunctionSet } from '../versions/function-set'
import type { LoadedFunction } from '../versions/loaded-function'

type Functions = Pick<FunctionSet, 'list' | 'state'>

/** More than this a job does not take, with what else is said of the event. Bytes. */
const MAX_DOCUMENT_BYTES = 240 * 1024
/** Characters: each may take six bytes. */
const MAX_KEY_LENGTH = 1024

/** All functions are one subscriber. */
export const EVENT_SUBSCRIBER = 'functions'

export interface EventPush {
  readonly queue: Pick<JobQueue, 'push'>
  readonly log: Pick<Log, 'error'>
}

/** Pushes a job for each function that asks for an event: those of one document run one after the other. */
export function functionEvents({
  functions,
  ...push
}: EventPush & { readonly functions: Pick<Functions, 'list'> }): EventSubscriber {
  return {
    name: EVENT_SUBSCRIBER,
    of: { kind: 'functions' },
    patterns: () => [...new Set(listening(functions).flatMap(({ events }) => events))].sort(),
    deliver(tx, event) {
      const called = listening(functions).filter((fn) => isCalledBy(fn, event))
      if (called.length === 0) return
      const payload = eventView(event)
      for (const { name } of called) pushCall(tx, { name, event, payload }, push)
    },
  }
}

/** Delivers events again, to one function alone. */
export function eventsOf(fn: LoadedFunction, push: EventPush): (tx: Tx, event: ProjectEvent) => void {
  return (tx, event) => {
    if (isCalledBy(fn, event)) pushCall(tx, { name: fn.name, event, payload: eventView(event) }, push)
  }
}

interface EventCall {
  readonly name: string
  readonly event: ProjectEvent
  readonly payload: JsonValue
}

function pushCall(tx: Tx, { name, event, payload }: EventCall, { queue, log }: EventPush): void {
  const { chain, change } = event
  try {
    queue.push(tx, {
      ...{ name: EVENT_JOBS + name, payload, actor: null },
      chain: chain === null ? { root: event.id, depth: 0 } : { root: chain.root, depth: chain.depth + 1 },
      ...(change && { group: groupOf(change) }),
    })
  } catch (error) {
    // It would be too deep whenever it were delivered.
    if (!(error instanceof AppError) || error.code !== 'CHAIN_TOO_DEEP') throw error
    log.error({ function: name, event: event.type, root: chain?.root }, CIRCLE)
  }
}

/** Functions as those who run the jobs that events have made. */
export function eventJobs(context: JobContext, functions: Functions): JobHandlers {
  return {
    find(name) {
      if (!name.startsWith(EVENT_JOBS)) return null
      const serving = functions.state(name.slice(EVENT_JOBS.length))?.serving ?? null
      // Events that wait are delivered, though its manifest may no longer ask for such.
      return serving === null || serving.kind === 'raw' ? null : handlerOf(context, serving)
    },
    names: () => listening(functions).map(({ name }) => EVENT_JOBS + name),
  }
}

function handlerOf(context: JobContext, serving: LoadedFunction): JobHandler {
  const { name, timeout, retry, groupConcurrency, isSensitive } = serving.queue ?? DEFAULT_QUEUE
  return {
    ...{ queue: name, concurrency: null, timeoutMs: timeout, groupConcurrency, keyScope: 'all', isSensitive },
    showsResult: false,
    retryAfterMs: (errors) => retryDelay(retry, errors),
    problems: () => [],
    // What `eventView` has made.
    run: (job) => runJob(context, serving, { job, timeoutMs: timeout, event: (job.payload as { type: string }).type }),
  }
}

function listening(functions: Pick<Functions, 'list'>): readonly LoadedFunction[] {
  return functions.list().flatMap(({ serving }) => (serving !== null && serving.events.length > 0 ? [serving] : []))
}

function isCalledBy({ name, events, ignoresOwn }: LoadedFunction, { type, change }: ProjectEvent): boolean {
  if (ignoresOwn && change?.function === name) return false
  return events.some((pattern) => matchesEvent(pattern, type))
}

/** What a function gets. */
function eventView({ id, type, seq, at, change, data }: ProjectEvent): JsonValue {
  const [doc, old] = [change?.doc ?? null, change?.old ?? null]
  const key = change?.key ?? null
  // What no job takes would be delivered again and again, and nothing after it.
  const hasLongKey = isLong(key)
  const truncated = hasLongKey || Buffer.byteLength(JSON.stringify([doc, old])) > MAX_DOCUMENT_BYTES
  return {
    ...{ id, type, seq, at, collection: change?.collection ?? null, key: hasLongKey ? null : key },
    cause: causeView(change?.cause ?? null),
    ...{ doc: truncated ? null : doc, old: truncated ? null : old, truncated, data },
  }
}

function causeView(cause: EventCause | null): JsonValue {
  return cause && { ...cause, key: isLong(cause.key) ? null : cause.key }
}

function isLong(key: string | number | null): boolean {
  return typeof key === 'string' && key.length > MAX_KEY_LENGTH
}

/** A key may be a long text. */
function groupOf({ collection, key }: NonNullable<ProjectEvent['change']>): string {
  const text = `${collection} ${key}`
  return text.length <= 120 ? text : `${collection} ${Bun.hash(text).toString(36)}`
}

const CIRCLE =
  'an event was not delivered to a function: events and calls led to one another 16 times. Is there a circle? A function that changes what calls it can say ignore_own: true'
