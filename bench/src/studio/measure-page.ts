import type { CDPSession, Page } from 'playwright-core'

export interface Frames {
  readonly count: number
  /** ms from one frame to the next. */
  readonly p50: number
  readonly p99: number
  readonly longest: number
  /** ms of the processor for a frame in the page's main thread, on average; of its longest task. They say more than times on a busy machine. */
  readonly cpu: number
  readonly longestTask: number
}

/** The frames of a page while something is done in it. */
export async function framesWhile(page: Page, run: () => Promise<unknown>): Promise<Frames> {
  await page
    .context()
    .browser()
    ?.startTracing(page, { categories: ['toplevel'] })
  await page.evaluate(`(() => {
    const frames = (window.__frames = []); let before = performance.now()
    const step = (now) => { frames.push(now - before); before = now; if (window.__frames === frames) requestAnimationFrame(step) }
    requestAnimationFrame(step)
  })()`)
  await run()
  const frames = await page.evaluate<number[]>(
    '(() => { const frames = window.__frames.slice(1); window.__frames = null; return frames })()',
  )
  const tasks = tasksIn(await page.context().browser()?.stopTracing())
  const sorted = frames.toSorted((one, other) => one - other)
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
  return {
    count: sorted.length,
    p50: at(0.5),
    p99: at(0.99),
    longest: sorted.at(-1) ?? 0,
    cpu: tasks.reduce((sum, one) => sum + one, 0) / sorted.length,
    longestTask: Math.max(0, ...tasks),
  }
}

/** Waits until no cell on the screen is a placeholder. @returns ms */
export async function waitForRows(page: Page): Promise<number> {
  return page.evaluate<number>(`new Promise((done) => {
    const start = performance.now()
    const look = () => {
      const cells = document.querySelectorAll('[role=gridcell]')
      const isBlank = cells.length === 0 || document.querySelector('[role=row][data-loading]') !== null
      isBlank ? requestAnimationFrame(look) : done(Math.round(performance.now() - start))
    }
    requestAnimationFrame(look)
  })`)
}

let session: CDPSession | null = null

/** MB that scripts hold, after garbage has been collected. */
export async function heapOf(page: Page): Promise<number> {
  session ??= await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { usedSize: number }
  return usedSize / 1e6
}

interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly args?: { readonly name?: string }
  /** Microseconds of the processor. */
  readonly tdur?: number
}

/** ms of the processor of each task of the page's main thread. */
function tasksIn(trace: Buffer | undefined): readonly number[] {
  const { traceEvents } = JSON.parse(String(trace ?? '{"traceEvents":[]}')) as {
    readonly traceEvents: readonly TraceEvent[]
  }
  const main = traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
  return traceEvents
    .filter(({ name, pid, tid }) => name.endsWith('RunTask') && main.some((one) => one.pid === pid && one.tid === tid))
    .map(({ tdur = 0 }) => tdur / 1000)
}
