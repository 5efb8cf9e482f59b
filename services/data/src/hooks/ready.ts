/** What has to be done before a write is queued: its documents are prepared by hooks. Undefined: nothing. */
export type Ready = (() => Promise<void>) | undefined

/** A function that runs in the writer, once it is ready. */
export interface ReadyFirst {
  readonly ready?: Ready
}

export function withReady<Run extends object>(run: Run, ready: Ready): Run & ReadyFirst {
  return ready === undefined ? run : Object.assign(run, { ready })
}

/** One after the other. */
export function allReady(all: Iterable<Ready>): Ready {
  const needed = [...all].filter((ready) => ready !== undefined)
  if (needed.length === 0) return undefined
  return async () => {
    for (const ready of needed) await ready()
  }
}
