/** Waits for some work, at most for a while. A timer that went on after it would hold the process: a server could not end. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Waits for several as long as they come to an end, one after the other, with at most `ms` between. */
export async function whileSomeEnd(ms: number, works: readonly Promise<unknown>[]): Promise<void> {
  const open = new Set<Promise<unknown>>()
  for (const work of works) {
    const one = work.finally(() => open.delete(one))
    open.add(one)
  }
  for (let before = open.size + 1; open.size > 0 && open.size < before; ) {
    before = open.size
    await within(ms, Promise.race(open))
  }
}
