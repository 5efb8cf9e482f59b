/** Above this, the processor time is measured as well. */
const SHORT_MS = 3
/** So long nobody waits for a processor: it was the disk. */
const WAITED_MS = 250

/**
 * Begins to measure a run on this thread; returns a function that returns the milliseconds the run has cost. On a busy machine a thread may wait for a processor 20 ms and
 * more in the middle of a statement that takes 50 µs, which says nothing about the statement.
 */
export function startRun(): () => number {
  const processor = process.threadCpuUsage()
  const started = performance.now()
  return () => {
    const ms = performance.now() - started
    if (ms <= SHORT_MS || ms >= WAITED_MS) return ms
    const { user, system } = process.threadCpuUsage(processor)
    return (user + system) / 1000
  }
}
