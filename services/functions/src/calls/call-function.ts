import { type Actor, AppError, auditedActor, authOfActor } from '@koyalite/contracts'
import type { Execution, ExecutionLog, ExecutionStatus } from '../executions/execution'
import { enqueuerOf } from '../jobs/enqueuer'
import { lostError, type Taken } from '../pool/function-pool'
import type { InstanceEnd } from '../pool/instance'
import type { LoadedFunction } from '../versions/loaded-function'
import { within } from '../within'
import { type CallLog, createCallLog } from './call-log'
import { limitedText, parsedAnswer } from './instance-answer'
import { JobVerdict } from './job-verdict'
import type { CalledJob, Chain, LogLine, RunningCalls } from './running-calls'

export interface CallContext {
  readonly running: RunningCalls
  readonly executions: ExecutionLog
  /** A call has failed, and that may be told. */
  onFailed(call: FailedCall): void
  /** Whether callers are told what code threw. */
  readonly isDev: boolean
}

/** A call that has failed, for those who want to be notified. */
export interface FailedCall {
  readonly function: string
  readonly version: number
  readonly execution: string
  readonly status: ExecutionStatus
  readonly code: string
  readonly chain: Chain
}

/** A call, as whoever makes it knows it. */
export interface IncomingCall {
  /** Null: nobody called. */
  readonly actor: Actor | null
  /** Who that is when they are asked again. Throws UNAUTHENTICATED, NO_CALLER. */
  actorNow(): Actor | Promise<Actor>
  readonly requestId: string
  readonly ip: string
  /** Of the request, as it was sent. */
  readonly url: string
  /** Without our credentials. */
  readonly headers: Headers
  /** What called; null where a request or a job is the first. */
  readonly chain: Chain | null
  /** The job that it runs, for as long as jobs of its function may take, and the type of the event that has made it. */
  readonly job?: CalledJob & { readonly timeoutMs: number; readonly chain: Chain | null; readonly event: string | null }
  /** An operator makes it as somebody else: nothing is written, whatever it calls. */
  readonly isTrial?: boolean
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal
  /** Called once, when the call has ended, after the last byte. */
  onEnd?(): void
  /** What is sent to the instance: the input of a typed function as JSON, or a request as it is. */
  readonly sent: {
    readonly method: string
    readonly path: string
    readonly body: string | ReadableStream<Uint8Array> | null
  }
}

/** What a call comes to, besides errors of ours, which are thrown. */
export type CallResult =
  | { readonly kind: 'answer'; readonly execution: string; readonly response: Response }
  | { readonly kind: 'output'; readonly execution: string; readonly json: string }
  /** An error of the function's own, for its caller. */
  | { readonly kind: 'refused'; readonly execution: string; readonly error: OwnError }

export interface OwnError {
  readonly code: string
  readonly message: string
  readonly status: number
  readonly details: unknown
  /** It is one of what the code asked the server for, and did not catch. */
  readonly isPassed: boolean
}

/** What else is said of what was thrown. */
interface Thrown {
  readonly name?: string
  readonly stack?: string
  readonly from?: string
  /** Of a job that is to be tried again. */
  readonly after?: unknown
}

const FAILURES: ReadonlySet<ExecutionStatus> = new Set(['error', 'timeout', 'crashed', 'memory'])
/** A call that is made for it says nothing of its own failure: it would be called for that. */
const FAILED_EVENT = 'function.failed'

const MAX_DEPTH = 16
const MAX_TRIES = 3
const REFUSAL_MS = 25
/** A broken stream is mostly that of a process which has ended: that is known a moment later. */
const LOST_MS = 300
/** Nobody listens at the socket. */
const REFUSED: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOENT', 'ConnectionRefused', 'FailedToOpenSocket'])
const LATE_LINES_MS = 100
/** After it was told to end, the run of a job may take so long to do so. */
const CANCEL_MS = 5_000

/**
 * Calls a function, once it is decided that the caller may and that the input is right. Every call leaves an execution. @throws AppError FUNCTION_BUSY,
 * FUNCTION_NOT_READY, FUNCTION_ERROR, FUNCTION_TIMEOUT, FUNCTION_CRASHED, FUNCTION_MEMORY, FUNCTION_OUTPUT_INVALID, FUNCTION_OUTPUT_TOO_LARGE,
 * CHAIN_TOO_DEEP; JobVerdict of a job
 */
export async function callFunction(context: CallContext, fn: LoadedFunction, call: IncomingCall): Promise<CallResult> {
  const execution = new RunningExecution(context, fn, call)
  try {
    return await execution.run()
  } catch (error) {
    throw execution.failed(error)
  }
}

class RunningExecution {
  readonly id = Bun.randomUUIDv7()
  readonly #context: CallContext
  readonly #fn: LoadedFunction
  readonly #call: IncomingCall
  readonly #log: CallLog
  readonly #startedAt = Date.now()
  readonly #started = performance.now()
  #taken: Taken | null = null
  #endCall: (() => void) | null = null
  #isEnded = false
  #ledBy: Chain = { root: this.id, depth: 0 }
  /** Rejects when the call has to end: its time is over, or its instance is gone. */
  #ending: Promise<never> = new Promise(() => {})
  #timer: ReturnType<typeof setTimeout> | undefined
  #lateLines: ReturnType<typeof setTimeout> | undefined
  #cancelled: ReturnType<typeof setTimeout> | undefined

  constructor(context: CallContext, fn: LoadedFunction, call: IncomingCall) {
    this.#context = context
    this.#fn = fn
    this.#call = call
    this.#log = createCallLog(fn.mask)
  }

  async run(): Promise<CallResult> {
    const chain = this.#chain()
    this.#ledBy = chain
    const response = await this.#delivered(chain)
    const failure = response.headers.get('koyalite-failure')
    if (failure !== null) return this.#failure(failure, await this.#text(response))
    if (this.#fn.kind === 'typed') return this.#output(response)
    clearTimeout(this.#timer)
    return this.#answer(response)
  }

  /** An instance may be gone before the call has reached it: then the next one gets it. */
  async #delivered(chain: Chain): Promise<Response> {
    for (let tries = 1; ; tries++) {
      const taken = await this.#fn.pool.take(this.#call.signal)
      this.#taken = taken
      const deadline = Date.now() + this.#timeoutMs
      const token = this.#begin(taken, chain, deadline)
      this.#watch(taken, deadline)
      try {
        return await this.#send(taken, { token, chain, deadline })
      } catch (error) {
        if (!(error instanceof NotDelivered) || tries === MAX_TRIES || this.#call.sent.body instanceof ReadableStream)
          throw error
        clearTimeout(this.#timer)
        this.#endCall?.()
        taken.release({ isSpoiled: true })
      }
    }
  }

  /** Ends it with an error: the one that its caller gets. */
  failed(thrown: unknown): unknown {
    if (!(thrown instanceof AppError)) {
      if (this.#call.signal.aborted && thrown === this.#call.signal.reason)
        this.#end('not_run', { code: 'ABORTED', message: 'its caller did not wait for it' })
      this.#end('error', { code: 'INTERNAL', message: String(thrown) })
      return thrown
    }
    const { code, message } = thrown
    this.#end(statusOf(thrown), { code, message })
    return withExecution(thrown, this.id)
  }

  get #timeoutMs(): number {
    return this.#call.job?.timeoutMs ?? this.#fn.timeoutMs
  }

  #chain(): Chain {
    const { chain, job } = this.#call
    // What pushed it has counted it.
    if (job !== undefined && job.chain !== null) return job.chain
    if (chain === null) return { root: this.id, depth: 0 }
    const next = { root: chain.root, depth: chain.depth + 1 }
    if (next.depth < MAX_DEPTH) return next
    const message = `${this.#fn.name} was called by a function that was called by a function, ${MAX_DEPTH} times: is there a circle?`
    throw new AppError('CHAIN_TOO_DEEP', message, { executed: 'no' })
  }

  #begin(taken: Taken, chain: Chain, deadline: number): string {
    const { name, calls, queues, publishes, isAdmin, readsOnly } = this.#fn
    const { actor, actorNow, ip, requestId, isTrial = false, job = null } = this.#call
    const { token, end } = this.#context.running.begin(
      {
        ...{ execution: this.id, function: name, calls, queues, publishes, isAdmin, readsOnly, isTrial },
        ...{ ip, requestId, chain, deadline, job },
        enqueuer: actor && enqueuerOf(actor),
        actor: actorNow,
        log: (line: LogLine) => this.#addLine(line),
      },
      taken.instance,
    )
    this.#endCall = end
    return token
  }

  #watch({ lost }: Taken, deadline: number): void {
    const { promise: late, reject } = Promise.withResolvers<never>()
    this.#timer = setTimeout(() => reject(this.#tooLate()), Math.max(0, deadline - Date.now()))
    const gone = async (end: InstanceEnd): Promise<never> => {
      // Whether the call had reached it, the connection knows a moment later.
      await Bun.sleep(REFUSAL_MS)
      throw lostError(this.#fn.name, end)
    }
    if (this.#call.job !== undefined)
      this.#call.signal.addEventListener('abort', () => {
        if (!this.#isEnded) this.#cancelled ??= setTimeout(() => reject(this.#doesNotEnd()), CANCEL_MS)
      })
    this.#ending = Promise.race([late, lost.then(gone)])
    this.#ending.catch(() => {})
  }

  async #send(
    { instance }: Taken,
    { token, chain, deadline }: { readonly token: string; readonly chain: Chain; readonly deadline: number },
  ): Promise<Response> {
    const { actor, requestId, ip, url, headers, sent, signal, job } = this.#call
    const facts = {
      ...{ execution: this.id, token, function: this.#fn.name, version: this.#fn.version },
      auth: actor && authOfActor(actor),
      request: { id: requestId, ip, headers: Object.fromEntries(headers), url },
      ...{ deadline, chain, dev: this.#context.isDev },
      ...(job && { job: { id: job.id, attempt: job.attempt, key: job.key } }),
      ...(job && job.event !== null && { event: true }),
    }
    const all = new Headers(headers)
    all.set('koyalite-call', Buffer.from(JSON.stringify(facts)).toString('base64url'))
    if (this.#fn.kind === 'typed') all.set('content-type', 'application/json')
    const leave = () =>
      void instance.send('/cancel', { method: 'POST', body: JSON.stringify({ execution: this.id }) }).catch(() => {})
    signal.addEventListener('abort', leave, { once: true })
    const stop = new AbortController()
    const { method, path, body } = sent
    const answered = instance.send(path, { method, headers: all, body, signal: stop.signal })
    try {
      return await Promise.race([answered.catch((error: unknown) => this.#broken(error)), this.#ending])
    } catch (error) {
      stop.abort()
      throw error
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }

  #text(response: Response): Promise<string> {
    return Promise.race([limitedText(response).catch((error: unknown) => this.#broken(error)), this.#ending])
  }

  /** The connection broke: mostly since the process has ended, which is known a moment later. */
  async #broken(error: unknown): Promise<never> {
    if (error instanceof AppError) throw error
    if (REFUSED.has((error as { code?: string }).code ?? '')) throw new NotDelivered(this.#fn.name)
    await within(500, this.#ending)
    // Why it is gone, a container engine may say only later.
    if (this.#taken?.instance.isGone === true) await this.#ending
    const message = `${this.#fn.name} closed the connection without an answer`
    throw new AppError('FUNCTION_CRASHED', message, { executed: 'maybe', cause: error })
  }

  #tooLate(): AppError {
    const what = this.#call.job === undefined ? 'timeout' : 'queue.timeout'
    const message = `${this.#fn.name} did not answer within ${this.#timeoutMs} ms (${what})`
    return new AppError('FUNCTION_TIMEOUT', message, { executed: 'maybe' })
  }

  #doesNotEnd(): AppError {
    const message = `${this.#fn.name} did not end within ${CANCEL_MS} ms after it was told to`
    return new AppError('FUNCTION_TIMEOUT', message, { executed: 'maybe' })
  }

  async #output(response: Response): Promise<CallResult> {
    const json = response.status === 204 ? 'null' : await this.#text(response)
    const { output, name } = this.#fn
    const value = parsedAnswer(json, name)
    if (output !== null) {
      const details = output.violations(value)
      if (details.length > 0) {
        const said = details.map(({ message }) => message).join('; ')
        this.#log.add({ level: 'error', message: `the output is not as declared: ${said}`, at: Date.now() })
        const message = this.#context.isDev
          ? `the output of ${name} is not as declared: ${said}`
          : `the output of ${name} is not as declared`
        throw new AppError('FUNCTION_OUTPUT_INVALID', message, { executed: 'maybe' })
      }
    }
    this.#end('ok', null)
    return { kind: 'output', execution: this.id, json }
  }

  /** What follows the first byte may take longer than the call; it ends the execution. */
  #answer(response: Response): CallResult {
    const { streamTimeoutMs } = this.#fn
    const { body } = response
    if (body === null) {
      this.#end('ok', null)
      return { kind: 'answer', execution: this.id, response }
    }
    const reader = body.getReader()
    const late =
      streamTimeoutMs === null
        ? undefined
        : setTimeout(() => {
            this.#log.add({
              level: 'error',
              message: `the stream was cut after ${streamTimeoutMs} ms (stream_timeout)`,
              at: Date.now(),
            })
            void reader.cancel()
            end('timeout')
          }, streamTimeoutMs)
    const end = (status: ExecutionStatus) => {
      clearTimeout(late)
      this.#end(status, null)
    }
    const broken = async (): Promise<ExecutionStatus> => {
      let isLost = false
      const lost = this.#taken?.lost.then(() => {
        isLost = true
      })
      await within(LOST_MS, lost ?? Promise.resolve())
      if (isLost) return 'crashed'
      this.#log.add({ level: 'error', message: 'the stream failed before its end', at: Date.now() })
      return 'error'
    }
    const passed = new ReadableStream<Uint8Array>({
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (!done) return controller.enqueue(value)
          end('ok')
          controller.close()
        } catch (error) {
          end(await broken())
          controller.error(error)
        }
      },
      async cancel() {
        await reader.cancel().catch(() => {})
        end('ok')
      },
    })
    const { status, headers } = response
    return { kind: 'answer', execution: this.id, response: new Response(passed, { status, headers }) }
  }

  /** What the code threw, as its caller may know it. */
  #failure(kind: string, text: string): CallResult {
    const said = parsedAnswer(text, this.#fn.name) as Partial<OwnError> & Thrown
    if (this.#call.job !== undefined && (kind === 'retry' || kind === 'abort')) throw this.#verdict(kind, said)
    const { code = 'FUNCTION_ERROR', message = '', status = 500, details = [] } = said
    const isForCaller = kind === 'error' || (kind === 'passed' && said.from !== 'admin' && status < 500)
    if (isForCaller && status >= 400 && status < 500) {
      this.#end('refused', { code, message })
      const isPassed = kind === 'passed'
      return { kind: 'refused', execution: this.id, error: { code, message, status, details, isPassed } }
    }
    const what = said.name === undefined || kind !== 'thrown' ? message : `${said.name}: ${message}`
    this.#log.add({ level: 'error', message: said.stack ?? what, at: Date.now() })
    this.#end('error', {
      code: 'FUNCTION_ERROR',
      message: what,
      ...(said.stack === undefined ? {} : { stack: said.stack }),
    })
    // Errors of jobs are for operators alone.
    if (this.#call.job !== undefined)
      throw new JobVerdict(this.#fn.mask(what), { kind: 'failed', code: kind === 'passed' ? code : 'FUNCTION_ERROR' })
    const shown = this.#context.isDev
      ? this.#fn.mask(what)
      : `${this.#fn.name} failed; its log has the cause under this execution`
    throw withExecution(new AppError('FUNCTION_ERROR', shown, { executed: 'maybe' }), this.id)
  }

  #verdict(kind: 'retry' | 'abort', { message = '', after }: Partial<OwnError> & Thrown): JobVerdict {
    const code = kind === 'retry' ? 'RETRY' : 'ABORT'
    this.#end('error', { code, message })
    const afterMs = typeof after === 'number' && Number.isFinite(after) && after >= 0 ? after : null
    return new JobVerdict(this.#fn.mask(message), { kind, code, afterMs })
  }

  #end(status: ExecutionStatus, error: Execution['error']): void {
    if (this.#isEnded) return
    this.#isEnded = true
    clearTimeout(this.#timer)
    clearTimeout(this.#cancelled)
    this.#endCall?.()
    this.#call.onEnd?.()
    const memory = this.#taken?.instance.memory ?? 0
    this.#taken?.release({ isSpoiled: status === 'timeout' })
    const { name, version, isolation, mask } = this.#fn
    // A job that asks to be run again is none.
    if (FAILURES.has(status) && error?.code !== 'RETRY' && this.#call.job?.event !== FAILED_EVENT) {
      const code = error?.code ?? 'FUNCTION_ERROR'
      this.#context.onFailed({ function: name, version, execution: this.id, status, code, chain: this.#ledBy })
    }
    this.#context.executions.record({
      ...{ id: this.id, function: name, version, status, isolation, startedAt: this.#startedAt },
      actor: auditedActor(this.#call.actor ?? { kind: 'system', function: name }).actor,
      job: this.#call.job?.id ?? null,
      ms: performance.now() - this.#started,
      memory: memory === 0 ? null : memory,
      error: error && {
        ...error,
        message: mask(error.message),
        ...(error.stack === undefined ? {} : { stack: mask(error.stack) }),
      },
      requestId: this.#call.requestId,
      ...{ logs: this.#log.lines, isTruncated: this.#log.isTruncated },
    })
  }

  /** One that comes after the end, of what the code has left running, is stored with the others. */
  #addLine(line: LogLine): void {
    this.#log.add(line)
    if (!this.#isEnded) return
    this.#lateLines ??= setTimeout(() => {
      this.#lateLines = undefined
      this.#context.executions.amend(this.id, { logs: this.#log.lines, isTruncated: this.#log.isTruncated })
    }, LATE_LINES_MS)
    this.#lateLines.unref()
  }
}

/** The instance was gone before the call reached it. */
class NotDelivered extends AppError {
  constructor(name: string) {
    super('FUNCTION_CRASHED', `${name} ended before the call reached it`, { executed: 'no' })
  }
}

/** The header under which a caller finds the execution. */
export const EXECUTION_HEADER = 'koyalite-execution'

function withExecution(error: AppError, id: string): AppError {
  const { code, message, details, executed, cause, headers } = error
  return new AppError(code, message, {
    ...{ details, cause, headers: { ...headers, [EXECUTION_HEADER]: id } },
    ...(executed === undefined ? {} : { executed }),
  })
}

function statusOf({ code, executed }: AppError): ExecutionStatus {
  switch (code) {
    case 'FUNCTION_TIMEOUT':
      return 'timeout'
    case 'FUNCTION_MEMORY':
      return 'memory'
    case 'FUNCTION_CRASHED':
      return 'crashed'
    default:
      return executed === 'no' ? 'not_run' : 'error'
  }
}
