import {
  type Actor,
  type ActorDirectory,
  AppError,
  type AuditTrail,
  auditedActor,
  type JobError,
  type JobOutcome,
  type JsonValue,
  type RunningJob,
} from '@koyalite/contracts'
import type { WatchedActor } from '../calls/actor-now'
import { type CallResult, callFunction, type IncomingCall } from '../calls/call-function'
import { JobVerdict } from '../calls/job-verdict'
import { type DoorContext, sentInput } from '../http/function-door'
import { InstanceLost } from '../pool/function-pool'
import type { LoadedFunction } from '../versions/loaded-function'

export interface JobContext {
  readonly door: DoorContext
  readonly directory: ActorDirectory
  readonly audit: Pick<AuditTrail, 'keep'>
  /** Who somebody is while their job runs. @param again throws UNAUTHENTICATED */
  watch(actor: Actor, again: () => Actor): WatchedActor
}

/** Where no instance can take it now. */
const BUSY_MS = 1_000
/** Requests of a job come from the server itself. */
const LOCAL = '127.0.0.1'
/** What an error that the code did not catch may have come of, which passes. */
const PASSING: ReadonlySet<number> = new Set([408, 409, 425, 429])

/** A job, and how its function runs it. */
export interface JobRun {
  readonly job: RunningJob
  readonly timeoutMs: number
  /** The type of the event that its payload is; null: it is none. */
  readonly event: string | null
}

/** Runs a job as a call of its function. */
export async function runJob(
  context: JobContext,
  serving: LoadedFunction,
  { job, timeoutMs, event }: JobRun,
): Promise<JobOutcome> {
  const { door } = context
  // The share of a version is one of jobs, whoever they are of.
  const fn = door.runs(serving, `job ${job.id}`)
  const caller = callerOf(context, serving, job)
  if (caller === 'gone')
    return failed({ code: 'ACTOR_GONE', message: 'Who pushed it is gone, blocked or disabled.' }, { isFinal: true })
  try {
    if (caller?.actor.kind === 'user' && caller.actor.impersonator !== undefined)
      await noteImpersonation(context, caller.actor, job)
    const result = await callFunction(door, fn, {
      ...{ actor: caller?.actor ?? null, actorNow: caller?.now ?? noCaller },
      ...{ requestId: job.id, ip: LOCAL, headers: new Headers(), signal: job.signal, chain: null },
      url: `${door.publicUrl()}/api/functions/${fn.name}`,
      job: { ...jobOf(job), timeoutMs, event, chain: job.chain },
      sent: sentInput(job.payload),
    })
    return outcomeOf(result)
  } catch (error) {
    if (job.signal.aborted && error === job.signal.reason) return { kind: 'interrupted' }
    return outcomeOfError(error)
  } finally {
    caller?.end()
  }
}

function jobOf({
  id,
  attempt,
  key,
  lease,
  progress,
}: RunningJob): Omit<NonNullable<IncomingCall['job']>, 'timeoutMs' | 'chain' | 'event'> {
  return { id, attempt, key, lease, progress }
}

/** As they are now; null: it has none. */
function callerOf(
  { directory, watch }: JobContext,
  { runsAsSystem }: LoadedFunction,
  { actor: enqueuer }: RunningJob,
): (WatchedActor & { readonly actor: Actor }) | 'gone' | null {
  if (runsAsSystem || enqueuer === null) return null
  const actor = directory.actorNow(enqueuer)
  if (actor === null) return 'gone'
  const again = () => {
    const now = directory.actorNow(enqueuer)
    if (now !== null) return now
    throw new AppError('UNAUTHENTICATED', 'Who pushed this job is gone, blocked or disabled.')
  }
  return { actor, ...watch(actor, again) }
}

function noCaller(): never {
  throw new AppError(
    'NO_CALLER',
    'Nobody called: ctx.db has no rights here. Use ctx.admin.db, which takes admin: true in the manifest.',
  )
}

async function noteImpersonation({ audit }: JobContext, actor: Actor, { id, name }: RunningJob): Promise<void> {
  const target = { kind: 'job', id, name }
  await audit.keep([{ event: 'impersonation.job', outcome: 'success', ...auditedActor(actor), target }])
}

function outcomeOf(result: CallResult): JobOutcome {
  switch (result.kind) {
    case 'output':
      return { kind: 'done', result: JSON.parse(result.json) as JsonValue }
    case 'refused': {
      const { code, message, status, isPassed } = result.error
      return failed({ code, message }, { isFinal: !(isPassed && PASSING.has(status)) })
    }
    case 'answer':
      // A function that answers requests itself has no jobs, and a version of it gets no share of them.
      throw new Error('a raw function has run a job')
  }
}

function outcomeOfError(error: unknown): JobOutcome {
  if (error instanceof JobVerdict) {
    const { kind, code, message, afterMs } = error
    // What goes round in a circle does so again.
    const isFinal = kind === 'abort' || code === 'CHAIN_TOO_DEEP'
    return failed({ code, message }, { isFinal, ...(afterMs !== null && { retryAfterMs: afterMs }) })
  }
  if (!(error instanceof AppError)) throw error
  const { code, message, executed, cause } = error
  // It was replaced, or taken along by another call that was too late: nothing that this one has done.
  const isOthers = cause instanceof InstanceLost && (cause.end.kind === 'stopped' || cause.end.kind === 'timeout')
  if (isOthers) return { kind: 'interrupted' }
  if (executed === 'no') return { kind: 'interrupted', retryAfterMs: BUSY_MS }
  if (code === 'FUNCTION_CRASHED' || code === 'FUNCTION_MEMORY') return { kind: 'crashed', error: { code, message } }
  return failed({ code, message })
}

function failed(
  error: JobError,
  more: { readonly isFinal?: boolean; readonly retryAfterMs?: number } = {},
): JobOutcome {
  return { kind: 'failed', error, ...more }
}
