const closed = Promise.withResolvers<void>()

/** Resolves when nobody reads stdout any longer. */
export const outputClosed: Promise<void> = closed.promise

/** The reader of our output may stop early, as `head` does. That is not an error: further output is discarded. */
export function acceptClosedOutput(): void {
  process.stdout.on('error', (error) => {
    if (!isBrokenPipe(error)) throw error
    closed.resolve()
  })
  process.stderr.on('error', (error) => {
    if (!isBrokenPipe(error)) throw error
  })
}

/** A write to stdout that nobody waits for any longer: a command that has nothing else to do ends with it. */
export class OutputClosedError extends Error {
  override readonly name = 'OutputClosedError'
}

export function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE'
}
