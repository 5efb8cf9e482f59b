/** Between two looks. Short: what a test waits for is mostly there within milliseconds. */
const POLL_MS = 5
/** A bound against hanging, not a measurement. */
const HANGS_AFTER_MS = 30_000

export interface UntilOptions {
  /** What is waited for, or a text made when it did not come: the reason of the failure. */
  readonly what?: string | (() => string)
  readonly withinMs?: number
}

/** Waits until `look` returns something truthy, and returns that. Throws after `withinMs`. */
export async function until<T>(
  look: () => T | Promise<T>,
  { what, withinMs }: UntilOptions = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + (withinMs ?? HANGS_AFTER_MS)
  for (;;) {
    const found = await look()
    if (found) return found
    if (performance.now() > deadline) {
      throw new Error(`it did not come to this: ${(typeof what === 'function' ? what() : what) ?? look}`)
    }
    await Bun.sleep(POLL_MS)
  }
}
