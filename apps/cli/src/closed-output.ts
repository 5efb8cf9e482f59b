const closed = Promise.withResolvers<void>()

/** Resolves when nobody reads stdout any longer. */
export const outputClosed: Promise<void> = closed.promise

/** Whoever reads what we print may have seen enough, as `head` has: that is no failure, and what else is printed goes nowhere. */
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
