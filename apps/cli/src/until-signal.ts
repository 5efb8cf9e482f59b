export interface StopRequest {
  /** Aborted by the first one. */
  readonly signal: AbortSignal
  /** Resolves with it. */
  readonly received: Promise<void>
}

/** Listens for Ctrl-C and a supervisor's request to end. A second one ends the process at once. */
export function untilSignal(): StopRequest {
  const controller = new AbortController()
  const { promise, resolve } = Promise.withResolvers<void>()
  const ask = (): void => {
    if (controller.signal.aborted) process.exit(130)
    controller.abort(new Error('stopped before the server was ready'))
    resolve()
  }
  process.on('SIGINT', ask)
  process.on('SIGTERM', ask)
  return { signal: controller.signal, received: promise }
}
