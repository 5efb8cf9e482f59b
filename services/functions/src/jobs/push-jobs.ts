import { AppError, type JobQueue, type JsonValue, type PushedJob, type Tx } from '@koyalite/contracts'
import type { RunningCall } from '../calls/running-calls'
import type { LoadedFunction } from '../versions/loaded-function'
import { type AskedPush, readPushes } from './asked-push'

export interface PushContext {
  readonly queue: Pick<JobQueue, 'push'>
  /** What serves under a name; null where it is in the folder and nothing of it can serve; undefined where there is no such function. */
  serving(name: string): LoadedFunction | null | undefined
}

/** Jobs that a call wants to push, checked as far as that goes without the queue. */
export interface PreparedPush {
  readonly count: number
  /** What their results may depend on, besides what is stored. */
  readonly about: readonly string[]
  /** @throws AppError VALIDATION_ERROR, PAYLOAD_TOO_LARGE, QUEUE_FULL, CHAIN_TOO_DEEP */
  run(tx: Tx, newId: () => string): JsonValue
}

/** Who pushes. */
export interface Pusher extends Pick<RunningCall, 'function' | 'readsOnly' | 'isTrial' | 'enqueuer' | 'chain'> {
  /** Of what it may push. */
  readonly queues: { includes(name: string): boolean } & Iterable<string>
}

/** @throws AppError FUNCTION_ERROR where its manifest does not name them, FORBIDDEN where the call only reads, FUNCTION_NOT_READY, VALIDATION_ERROR */
export function preparePush(context: PushContext, call: Pusher, sent: unknown): PreparedPush {
  if (call.readsOnly)
    throw new AppError('FORBIDDEN', `${call.function} only reads, and so pushes no jobs: its manifest says read: true.`)
  if (call.isTrial)
    throw new AppError('FORBIDDEN', `As somebody else, operators push no jobs: call ${call.function} as yourself.`)
  const pushes = readPushes(sent, Date.now())
  for (const name of new Set(pushes.map(({ name }) => name))) requireQueue(context, call, name)
  return {
    count: pushes.length,
    about: pushes.flatMap(({ name, key }) => (key === undefined ? [] : [`job ${name} ${key}`])),
    run(tx, newId) {
      const jobs = pushes.map((push, index) => pushed(context, tx, { push, index, call, id: newId() }))
      return { jobs: jobs.map(({ id, created }) => ({ id, created })) }
    },
  }
}

interface Pushing {
  readonly push: AskedPush
  readonly index: number
  readonly call: Pusher
  readonly id: string
}

function pushed({ queue }: PushContext, tx: Tx, { push, index, call, id }: Pushing): PushedJob {
  const { root, depth } = call.chain
  try {
    return queue.push(tx, { ...push, id, actor: call.enqueuer, chain: { root, depth: depth + 1 } })
  } catch (error) {
    throw error instanceof AppError && error.code === 'VALIDATION_ERROR' ? ofJob(error, index) : error
  }
}

/** The code has a fault, of which its caller learns nothing; whoever wrote it does. */
function requireQueue({ serving }: PushContext, { function: pushing, queues }: Pusher, name: string): void {
  if (!queues.includes(name)) {
    const advice = `add it to its manifest: queues: [${[...queues, name].join(', ')}]`
    throw new AppError('FUNCTION_ERROR', `${pushing} may not push jobs of ${name}: ${advice}`)
  }
  const target = serving(name)
  if (target === undefined)
    throw new AppError('FUNCTION_ERROR', `${pushing} pushes jobs of ${name}, and there is no such function`)
  if (target === null)
    throw new AppError('FUNCTION_NOT_READY', `${name} could not be loaded yet, and so takes no jobs`, {
      executed: 'no',
    })
  if (target.queue === null)
    throw new AppError(
      'FUNCTION_ERROR',
      `${pushing} pushes jobs of ${name}, which runs none: add queue: true to its manifest`,
    )
}

/** Fields as they were sent. */
function ofJob({ code, message, details }: AppError, index: number): AppError {
  const fields = details.map((detail) => ({ ...detail, field: `jobs.${index}.${detail.field}` }))
  return new AppError(code, message, { details: fields })
}
