import {
  type Actor,
  AppError,
  type ErrorCode,
  type ErrorDetail,
  formatSeq,
  type Tx,
  type WriteSteps,
} from '@koyalite/contracts'
import type { ApiRequest, ApiResponse } from '@koyalite/kernel'
import { auditedSteps } from './audit/audited-write'
import type { DataContext } from './data-context'
import { DROPPED, keepAnswer, keptAnswer } from './store/idempotency'

/** What a write answers, before it is known at which sequence number. */
export interface Answer {
  readonly status: number
  readonly body: string | null
  readonly etag?: string
}

/**
 * Runs a write and answers after it is on disk. `write` checks the request and gives what runs inside the writer.
 * With an Idempotency-Key the answer, an error too, is kept in the same transaction and given again when the request is repeated.
 */
export async function commitAnswer(
  context: DataContext,
  request: ApiRequest,
  body: unknown,
  write: () => WriteSteps<Answer>,
): Promise<ApiResponse> {
  const { actor, ip, id, params } = request
  const prepare = () => auditedSteps(context, { actor, ip, requestId: id }, params.collection ?? null, write())
  const key = idempotencyKey(request)
  if (key === null) {
    const { value, seq } = await context.database.writeInSteps(prepare())
    return toResponse(context, value, seq)
  }
  const caller = callerKey(request.actor)
  const fingerprint = `${request.method} ${request.path} ${Bun.hash(JSON.stringify(body) ?? '').toString(36)}`
  const kept = (tx: Tx) => replay(keptAnswer(tx, caller, key, request.time), fingerprint)
  const keep = (tx: Tx, answer: string) => keepAnswer(tx, caller, key, { fingerprint, answer }, { now: request.time })
  try {
    const { value, seq } = await context.database.writeInSteps<KeptOutcome>(function* (tx) {
      const known = kept(tx)
      if (known) return known
      const outcome: KeptOutcome = { answer: yield* prepare()(tx) }
      const text = JSON.stringify(outcome)
      keep(tx, text.length > MAX_ANSWER ? DROPPED : text)
      return outcome
    })
    return toResponse(context, answerOf(value), seq)
  } catch (error) {
    if (!(error instanceof AppError) || !KEPT_ERRORS.has(error.code)) throw error
    const { code, message, details, operation } = error
    const failed: KeptOutcome = { error: { code, message, details, ...(operation === undefined ? {} : { operation }) } }
    const text = JSON.stringify(failed)
    // Nothing was written: a long error may as well be found again.
    if (text.length > MAX_ERROR) throw error
    const { value, seq } = await context.database.write((tx) => {
      const known = kept(tx)
      if (!known) keep(tx, text)
      return known ?? failed
    })
    return toResponse(context, answerOf(value), seq)
  }
}

/** Errors that are an answer to the request's content. Who may not do it, or names what is not there, is told so afresh each time. */
const KEPT_ERRORS: ReadonlySet<ErrorCode> = new Set(['CONFLICT', 'PRECONDITION_FAILED', 'VALIDATION_ERROR'])

/** Characters of an answer that is stored for a repeated request. */
const MAX_ANSWER = 1024 * 1024
const MAX_ERROR = 16 * 1024

type KeptOutcome =
  | { readonly answer: Answer }
  /** The request was carried out, but what it was answered is not stored. */
  | { readonly dropped: true }
  | {
      readonly error: {
        readonly code: ErrorCode
        readonly message: string
        readonly details: readonly ErrorDetail[]
        readonly operation?: number
      }
    }

function replay(kept: { fingerprint: string; answer: string } | null, fingerprint: string): KeptOutcome | null {
  if (!kept) return null
  if (kept.fingerprint === fingerprint) return JSON.parse(kept.answer) as KeptOutcome
  throw new AppError('CONFLICT', 'This Idempotency-Key was used for another request. Use a new key for each request.')
}

function answerOf(outcome: KeptOutcome): Answer {
  if ('answer' in outcome) return outcome.answer
  if ('dropped' in outcome) {
    throw new AppError(
      'CONFLICT',
      'This request has been carried out already, but its answer is not stored any more. Read what it has written instead of sending it again.',
    )
  }
  const { code, message, details, operation } = outcome.error
  throw new AppError(code, message, operation === undefined ? { details } : { details, operation })
}

function toResponse(context: DataContext, answer: Answer, seq: number): ApiResponse {
  return { status: answer.status, body: answer.body, headers: answerHeaders(context, seq, answer.etag) }
}

/** Headers of every answer to a read or write of documents. */
export function answerHeaders(context: DataContext, seq: number, etag?: string): Record<string, string> {
  const headers: Record<string, string> = { 'koyalite-seq': formatSeq(context.database.feed.epoch, seq) }
  if (etag !== undefined) headers.etag = etag
  return headers
}

function idempotencyKey(request: ApiRequest): string | null {
  const key = request.headers.get('idempotency-key')
  if (key === null) return null
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new AppError('INVALID_REQUEST', 'An Idempotency-Key has 1 to 255 visible ASCII characters.')
  }
  if (request.actor.kind === 'anonymous' && key.length < ANONYMOUS_KEY) {
    throw new AppError(
      'INVALID_REQUEST',
      `Without signing in an Idempotency-Key has at least ${ANONYMOUS_KEY} characters, since all who are not signed in share them: send a random one, say a UUID.`,
    )
  }
  return key
}

/** What belongs to nobody is found by a secret alone: 128 bits in base64url. */
const ANONYMOUS_KEY = 22

/** Two callers may use the same key without meeting each other's answers; of those who are nobody, each has keys that no other can guess. */
function callerKey(actor: Actor): string {
  return 'id' in actor ? `${actor.kind}:${actor.id}` : actor.kind
}
