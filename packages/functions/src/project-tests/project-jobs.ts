import type { PartClient } from '../host/open-part'
import type { DrainOptions, TestJob } from './test-project'

interface ListedJob {
  readonly id: string
  readonly name: string
  readonly state: TestJob['state']
  readonly run_at: string
  readonly why: string | null
}

const OPEN = ['running', 'waiting', 'retrying'] as const
const LOOK_EVERY_MS = 10
/** What comes back so soon after an error is waited for. */
const SOON_MS = 2_000
const DRAIN_MS = 20_000

/**
 * Waits until no job runs, and none is to run soon. Returns all there are, in the order in which they were pushed. A look takes several requests, and a job may
 * push others meanwhile: so it takes two that find the same.
 */
export async function drainJobs(
  service: PartClient,
  { withinMs = DRAIN_MS }: DrainOptions = {},
): Promise<readonly TestJob[]> {
  const until = Date.now() + withinMs
  let before = ''
  for (;;) {
    const jobs = await jobsOf(service)
    const due = jobs.filter(isDue)
    const found = jobs.map(({ id, state }) => `${id} ${state}`).join()
    if (due.length === 0 && found === before) return Promise.all(jobs.toReversed().map(({ id }) => jobOf(service, id)))
    if (Date.now() > until)
      throw new Error(`${due.length} jobs are still not done after ${withinMs} ms:\n${listed(due)}`)
    before = found
    if (due.length > 0) await pause()
  }
}

/** Nothing is left of what tests before have pushed: also no key of it. */
export async function clearJobs(service: PartClient): Promise<void> {
  for (;;) {
    const jobs = await jobsOf(service)
    if (jobs.length === 0) return
    for (const { id, state } of jobs) {
      if (isOpen(state)) await ifStillThere(service.request('POST', `${pathOf(id)}/cancel`, { body: {} }))
      await ifStillThere(service.request('DELETE', pathOf(id)))
    }
    await pause()
  }
}

function isDue({ state, run_at }: ListedJob): boolean {
  return state === 'running' || (isOpen(state) && Date.parse(run_at) <= Date.now() + SOON_MS)
}

function isOpen(state: TestJob['state']): boolean {
  return OPEN.some((open) => open === state)
}

async function jobOf(service: PartClient, id: string): Promise<TestJob> {
  const { name, state, attempt, payload, result, error } = (await service.request('GET', pathOf(id))) as TestJob
  return { id, name, state, attempt, payload, result, error }
}

/** The newest first. */
async function jobsOf(service: PartClient): Promise<readonly ListedJob[]> {
  const all: ListedJob[] = []
  let cursor = ''
  do {
    const page = (await service.request('GET', `/api/admin/jobs?limit=100${cursor}`)) as {
      readonly jobs: readonly ListedJob[]
      readonly next_cursor: string | null
    }
    all.push(...page.jobs)
    cursor = page.next_cursor === null ? '' : `&cursor=${encodeURIComponent(page.next_cursor)}`
  } while (cursor !== '')
  return all
}

/** It may be over, or running, by the time that it is asked for. */
async function ifStillThere(asked: Promise<unknown>): Promise<void> {
  await asked.catch((error: { readonly code?: string }) => {
    if (error.code !== 'CONFLICT' && error.code !== 'NOT_FOUND') throw error
  })
}

function pathOf(id: string): string {
  return `/api/admin/jobs/${encodeURIComponent(id)}`
}

function listed(jobs: readonly ListedJob[]): string {
  return jobs
    .slice(0, 10)
    .map(({ name, state, why }) => `${name} (${state})${why === null ? '' : `: ${why}`}`)
    .join('\n')
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
}
