import type { Log } from '../log/log'

export interface StopOptions {
  /** Finishes the running requests and closes everything. */
  stop(): Promise<void>
  readonly log: Log
  /** Milliseconds after which the process ends although `stop` has not. */
  readonly timeout?: number
  /** What a second signal, or a stop that fails or takes too long, ends with. */
  exit?(code: number): void
}

const STOP_TIMEOUT = 30_000
const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/**
 * Stops gracefully on the first SIGTERM or SIGINT; the second one, or the time-out, ends the process at once.
 * @returns a promise that resolves when `stop` has done its work
 */
export function stopOnSignal(options: StopOptions): Promise<void> {
  const exit = options.exit ?? ((code: number) => process.exit(code))
  return new Promise((resolve) => {
    let stopping = false
    const onSignal = (signal: NodeJS.Signals) => {
      if (stopping) return exit(1)
      stopping = true
      options.log.info({ signal }, 'shutting down: waiting for running requests')
      const timer = setTimeout(() => {
        options.log.error({}, 'shutdown timed out')
        exit(1)
      }, options.timeout ?? STOP_TIMEOUT)
      options
        .stop()
        .then(resolve, (error: unknown) => {
          options.log.error({ err: error }, 'shutdown failed')
          exit(1)
        })
        .finally(() => {
          clearTimeout(timer)
          for (const name of SIGNALS) process.off(name, onSignal)
        })
    }
    for (const name of SIGNALS) process.on(name, onSignal)
  })
}
