import {
  type Actor,
  AppError,
  type ErrorCode,
  type Idempotency,
  type JsonValue,
  type RepeatedRequests,
} from '@koyalite/contracts'
import { type CallResult, EXECUTION_HEADER, type OwnError } from './call-function'

/** What a call with an Idempotency-Key has come to. */
type Kept =
  | { readonly kind: 'output'; readonly execution: string; readonly json: string }
  | { readonly kind: 'refused'; readonly execution: string; readonly error: OwnError }
  | { readonly kind: 'failed'; readonly execution: string; readonly code: ErrorCode; readonly message: string }

/**
 * Makes a call of a typed function once per caller and key: repetitions get what it came to, errors that tell them `executed: maybe` included. A call that has
 * not reached the code may be made again.
 */
export async function callOnce(
  requests: RepeatedRequests,
  {
    name,
    ...request
  }: { readonly name: string; readonly actor: Actor; readonly idempotency: Idempotency; readonly time: number },
  call: () => Promise<CallResult>,
): Promise<CallResult> {
  const result = await requests.once<CallResult | AppError>(request, async () => {
    const value = await call().catch((error: unknown) => {
      if (error instanceof AppError && error.executed !== undefined) return error
      throw error
    })
    return { value, kept: keptOf(value) as JsonValue | null }
  })
  switch (result.kind) {
    case 'first':
      if (result.value instanceof AppError) throw result.value
      return result.value
    case 'repeated':
      return again(result.kept as unknown as Kept)
    case 'dropped':
      throw new AppError(
        'CONFLICT',
        `This call of ${name} was already made, but what it returned is no longer stored.`,
        {
          executed: 'maybe',
        },
      )
    case 'unknown':
      throw new AppError('FUNCTION_CRASHED', `The server ended while this call of ${name} ran.`, { executed: 'maybe' })
  }
}

function keptOf(result: CallResult | AppError): Kept | null {
  if (!(result instanceof AppError)) return result.kind === 'answer' ? null : result
  const { code, message, executed, headers } = result
  return executed === 'no' ? null : { kind: 'failed', code, message, execution: headers[EXECUTION_HEADER] ?? '' }
}

function again(kept: Kept): CallResult {
  if (kept.kind !== 'failed') return kept
  const { code, message, execution } = kept
  throw new AppError(code, message, { executed: 'maybe', headers: { [EXECUTION_HEADER]: execution } })
}
