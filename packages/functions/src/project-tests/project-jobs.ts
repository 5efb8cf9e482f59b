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
const DRAIN_MS = 20_000

/** Runs out of jobs: until none runs, and none that waits is due. Returns all there are, in the order in which they were pushed. */
export async function drainJobs(
  service: PartClient,
  { withinMs = DRAIN_MS }: DrainOptions = {},
): Promise<readonly TestJob[]> {
  const until = Date.now() + withinMs
  for (let due = await dueJobs(service); due.length > 0; due = await dueJobs(service)) {
    if (Date.now() > until)
      throw new Error(`${due.length} jobs are still not done after ${withinMs} ms:\n${listed(due)}`)
    await pause()
  }
  const all = await jobsOf(service)
  return Promise.all(
    all.toReversed().map(async ({ id }) => {
      const { name, state, attempt, payload, result, error } = (await service.request('GET', pathOf(id))) as TestJob
      return { id, name, state, attempt, payload, result, error }
    }),
  )
}

/** Nothing is left of what tests before have pushed: also no key of it. */
export async function clearJobs(service: PartClient): Promise<void> {
  for (;;) {
    const jobs = await jobsOf(service)
    if (jobs.length === 0) return
    for (const { id, state } of jobs) {
      if (OPEN.some((open) => open === state))
        await ifStillThere(service.request('POST', `${pathOf(id)}/cancel`, { body: {} }))
      await ifStillThere(service.request('DELETE', pathOf(id)))
    }
    await pause()
  }
}

async function dueJobs(service: PartClient): Promise<readonly ListedJob[]> {
  const found = await Promise.all(OPEN.map((state) => jobsOf(service, `&state=${state}`)))
  const now = Date.now()
  return found.flat().filter(({ state, run_at }) => state === 'running' || Date.parse(run_at) <= now)
}

async function jobsOf(service: PartClient, filter = ''): Promise<readonly ListedJob[]> {
  const all: ListedJob[] = []
  let cursor = ''
  do {
    const page = (await service.request('GET', `/api/admin/jobs?limit=100${filter}${cursor}`)) as {
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
