import { KoyaError } from './koya-error'

export interface Deadline {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds; 0: none. */
  readonly timeout: number
}

/**
 * Work that rejects at once when it is aborted (ABORTED) or takes too long (TIMEOUT), even if it does not listen to its signal.
 * Leaves no timer and no listener behind.
 */
export function withDeadline<T>(deadline: Deadline, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { signal, timeout } = deadline
  return new Promise((resolve, reject) => {
    const controller = new AbortController()
    const settle = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
    const stop = (error: KoyaError) => {
      settle()
      reject(error)
      controller.abort(error)
    }
    const onAbort = () => stop(aborted(signal?.reason))
    // Longer than 2^31 ms would fire at once.
    const timer =
      timeout > 0 && timeout < 2 ** 31
        ? setTimeout(() => stop(new KoyaError('TIMEOUT', `no answer within ${timeout} ms`)), timeout)
        : undefined
    if (signal?.aborted) return onAbort()
    signal?.addEventListener('abort', onAbort)
    work(controller.signal).then(resolve, reject).finally(settle)
  })
}

/** Rejects with ABORTED where the signal ends it earlier. */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return withDeadline({ signal, timeout: 0 }, (ended) => {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      ended.addEventListener('abort', () => clearTimeout(timer))
    })
  })
}

function aborted(cause: unknown): KoyaError {
  return new KoyaError('ABORTED', 'the call was aborted', { cause })
}
