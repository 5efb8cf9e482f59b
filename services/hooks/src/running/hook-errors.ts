import { AppError, type ErrorCode, type JsonValue } from '@koyalite/contracts'

/** What a hook threw, or did wrong: for the log. */
export class HookFailed extends Error {
  override readonly name = 'HookFailed'
}

/** Errors of the server as code of hooks gets them; they are themselves again where they leave it. */
const originals = new WeakMap<object, AppError>()

/** Runs what code of hooks asks of the server: its errors are KoyaErrors, as those of `ctx` of functions are. */
export function asKoyaErrors<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw koyaErrorOf(error)
  }
}

export function koyaErrorOf(error: unknown): unknown {
  if (!(error instanceof AppError)) return error
  const { message, status, details, cause, own } = error
  const shown = Object.assign(new Error(message, cause === undefined ? {} : { cause }), {
    ...{ name: 'KoyaError', code: own?.code ?? error.code, status, details: own?.details ?? details },
  })
  originals.set(shown, error)
  return shown
}

/**
 * What the caller of a write gets where a hook threw: a KoyaError as it is, and what the server refuses whoever asks (it has too much to do). All
 * else is a fault of the hook, which is in the log.
 * @param place `posts.beforeCreate in hooks/posts.ts`
 */
export function errorOfHook(
  thrown: unknown,
  { place, isDev }: { readonly place: string; readonly isDev: boolean },
): AppError {
  const original = isObject(thrown) ? originals.get(thrown) : undefined
  if (original !== undefined && (original.own !== undefined || PASSED.has(original.code))) return original
  const own = original === undefined ? ownError(thrown) : null
  if (own !== null) return own
  const text = textOf(thrown)
  const message = isDev
    ? `${place} threw ${text}`
    : 'internal error; the server log has the cause under this request id'
  return new AppError('INTERNAL', message, { cause: new HookFailed(`${place} threw ${text}`, causeOf(thrown)) })
}

/** A copy for the log, which reads more of it: a thrown value may have getters and traps that throw in turn. */
function causeOf(thrown: unknown): ErrorOptions {
  try {
    if (!(thrown instanceof Error)) return {}
    const { name, message, stack } = thrown
    return { cause: Object.assign(new Error(String(message)), { name: String(name), stack: String(stack) }) }
  } catch {
    return {}
  }
}

const PASSED: ReadonlySet<ErrorCode> = new Set(['UNAVAILABLE', 'QUEUE_FULL', 'CHAIN_TOO_DEEP'])

/** Of `new KoyaError`, by any copy of the package. Whatever was thrown, nothing is believed of it. */
function ownError(thrown: unknown): AppError | null {
  try {
    if (!(thrown instanceof Error) || !(Symbol.for('koyalite.functions.error') in thrown)) return null
    const { code, status, details, message } = thrown as unknown as Record<string, unknown>
    if (typeof code !== 'string' || !/^[A-Z][A-Z0-9_]{0,63}$/.test(code)) return null
    if (!Number.isInteger(status) || (status as number) < 400 || (status as number) > 499) return null
    const json = JSON.stringify(details ?? [])
    if (json === undefined || json.length > MAX_DETAILS) return null
    const own = { code, status: status as number, details: JSON.parse(json) as JsonValue }
    return new AppError(CODES[own.status] ?? 'INVALID_REQUEST', String(message).slice(0, MAX_MESSAGE), { own })
  } catch {
    return null
  }
}

const MAX_DETAILS = 64 * 1024
const MAX_MESSAGE = 4_000
/** What the server itself would say with this status. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  ...{ 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN', 404: 'NOT_FOUND', 409: 'CONFLICT', 412: 'PRECONDITION_FAILED' },
  ...{ 413: 'PAYLOAD_TOO_LARGE', 422: 'VALIDATION_ERROR', 429: 'RATE_LIMITED' },
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** Anything may have been thrown. */
function textOf(thrown: unknown): string {
  try {
    const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
    return text.slice(0, MAX_MESSAGE)
  } catch {
    return 'something that has no text'
  }
}
