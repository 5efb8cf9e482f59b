import { isBusy } from './sqlite-error'

/** Runs `fn` again while another process holds the lock it needs, for at most `timeoutMs`, without blocking the event loop. */
export async function retryWhileBusy<T>(timeoutMs: number, fn: () => T): Promise<T> {
  const started = performance.now()
  for (;;) {
    try {
      return fn()
    } catch (error) {
      const waited = performance.now() - started
      if (!isBusy(error) || waited >= timeoutMs) throw error
      await new Promise((resolve) => setTimeout(resolve, busyDelay(waited)))
    }
  }
}

/** How long to wait before the next try, after having waited for `waited` ms: a quarter of it, between 1 and 50 ms. */
export function busyDelay(waited: number): number {
  return Math.min(50, 1 + waited / 4)
}
