import { expect, setDefaultTimeout, test } from 'bun:test'
import type { JobOutcome, KeyConflict } from '@koyalite/contracts'
import fc from 'fast-check'
import { type Job, selectJobs } from './store/jobs-table'
import { CRASHED, FAILED, JobsBench } from './testing/use-jobs'

setDefaultTimeout(600_000)

/** `KOYALITE_JOBS_RUNS=5000` for a long run; a failure prints the seed, which `KOYALITE_JOBS_SEED` repeats. */
const RUNS = Number(process.env.KOYALITE_JOBS_RUNS ?? 60)
const SEED = process.env.KOYALITE_JOBS_SEED === undefined ? {} : { seed: Number(process.env.KOYALITE_JOBS_SEED) }
const CONCURRENCY = 3
const GROUP_CONCURRENCY = 2

type Step =
  | {
      readonly do: 'push'
      readonly name: 'one' | 'two' | 'all'
      readonly user: string | null
      readonly key: string | undefined
      readonly onConflict: KeyConflict
      readonly group: string | undefined
      readonly delay: number
      readonly priority: number
    }
  | {
      readonly do: 'end'
      readonly which: number
      readonly how: 'done' | 'fail' | 'final' | 'crash' | 'interrupt' | 'complete'
    }
  | { readonly do: 'cancel' | 'retry' | 'remove'; readonly which: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'boot' }
  | { readonly do: 'pause' | 'resume' }

const which = fc.nat({ max: 30 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('push'),
      name: fc.constantFrom('one', 'two', 'all'),
      user: fc.constantFrom('ann', 'bob', null),
      key: fc.constantFrom(undefined, undefined, 'k', 'l'),
      onConflict: fc.constantFrom('keep', 'replace', 'rerun'),
      group: fc.constantFrom(undefined, undefined, 'g', 'h'),
      delay: fc.constantFrom(0, 0, 0, 5_000, 30_000),
      priority: fc.constantFrom(0, 0, -2, 3),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('end'),
      which,
      how: fc.constantFrom('done', 'done', 'fail', 'final', 'crash', 'interrupt', 'complete'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('cancel', 'retry', 'remove'), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.constantFrom(1_000, 10_000, 60_000, 600_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('boot') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('pause', 'resume') }) },
) as fc.Arbitrary<Step>

const OUTCOMES: Readonly<Record<string, JobOutcome>> = {
  done: { kind: 'done', result: 1 },
  fail: FAILED,
  final: { ...FAILED, isFinal: true } as JobOutcome,
  crash: CRASHED,
  interrupt: { kind: 'interrupted' },
  complete: FAILED,
}

test('over random histories with crashes, no job is lost, run twice at a time, or out of its order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const world = new World()
      await world.open()
      try {
        for (const one of steps) {
          await world.take(one)
          world.check()
        }
        await world.drain()
      } finally {
        await world.close()
      }
    }),
    { numRuns: RUNS, ...SEED },
  )
})

class World extends JobsBench {
  readonly #tokens = new Map<string, number>()
  /** Jobs that were made done in a transaction of their runs, which have not ended: how often they had crashed. */
  readonly #completed = new Map<string, number>()
  readonly #removed = new Set<string>()
  readonly #pushed: string[] = []
  #isPaused = false

  override async open(): Promise<void> {
    await super.open({ concurrency: CONCURRENCY })
    this.#handlers()
  }

  #handlers(): void {
    const timeoutMs = 1e12
    this.hold('one', { timeoutMs, groupConcurrency: 1 })
    this.hold('two', { timeoutMs, groupConcurrency: GROUP_CONCURRENCY })
    this.hold('all', { timeoutMs, groupConcurrency: 1, keyScope: 'all' })
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'push': {
        const { name, user, key, onConflict, group, delay, priority } = step
        const { id, created } = await this.push({
          ...{ name, onConflict, priority },
          actor: user === null ? null : { kind: 'user', id: user },
          runAt: this.clock.wall + delay,
          ...(key !== undefined && { key }),
          ...(group !== undefined && { group }),
        })
        if (created) this.#pushed.push(id as string)
        break
      }
      case 'end': {
        const run = this.runs[step.which % Math.max(1, this.runs.length)]
        if (run === undefined) return
        if (step.how === 'complete' && !this.#completed.has(run.job.id)) {
          const { crashes } = this.get(run.job.id)
          const isOn = await this.database
            .write((tx) => this.jobs.complete(tx, run.job.lease, 1))
            .then(
              () => true,
              () => false,
            )
          await this.settled()
          if (isOn) this.#completed.set(run.job.id, crashes)
          return
        }
        this.#completed.delete(run.job.id)
        await this.end(run, OUTCOMES[step.how])
        break
      }
      case 'wait':
        // Later their leases would be lost: `jobs.test.ts` has that.
        for (const run of this.runs.filter(({ job }) => job.signal.aborted)) {
          this.#completed.delete(run.job.id)
          await this.end(run, FAILED)
        }
        await this.advance(step.ms)
        break
      case 'boot':
        this.#completed.clear()
        await this.boot({ concurrency: CONCURRENCY })
        this.#handlers()
        await this.settled()
        break
      case 'pause':
      case 'resume':
        this.#isPaused = step.do === 'pause'
        await this.database.write((tx) => this.jobs.setPaused(tx, 'default', this.#isPaused))
        await this.settled()
        break
      default: {
        const id = this.#pushed[step.which % Math.max(1, this.#pushed.length)]
        if (id === undefined) return
        const act = { cancel: this.jobs.cancel, retry: this.jobs.retry, remove: this.jobs.remove }[step.do]
        await this.database
          .write((tx) => act(tx, id))
          .then(
            () => step.do === 'remove' && this.#removed.add(id),
            () => {},
          )
        await this.settled()
      }
    }
  }

  check(): void {
    const jobs = selectJobs(this.database, 'ORDER BY "seq"', [])
    const living = jobs.filter(({ finishedAt }) => finishedAt === null)
    const running = jobs.filter(({ state }) => state === 'running')
    const held = this.running()
    expect(new Set(held).size, 'one job, two runs').toBe(held.length)
    const onDisk = [...running.map(({ id }) => id), ...this.#completed.keys()].toSorted()
    expect(held.toSorted(), 'runs and their jobs').toEqual(onDisk)
    expect(held.length).toBeLessThanOrEqual(CONCURRENCY)
    for (const { id, token } of jobs) {
      expect(token).toBeGreaterThanOrEqual(this.#tokens.get(id) ?? 0)
      this.#tokens.set(id, token)
    }
    for (const [group, members] of Map.groupBy(
      living.filter(({ group }) => group !== null),
      ({ name, group }) => `${name} ${group}`,
    ))
      this.#checkGroup(group, members)
    for (const [key, members] of Map.groupBy(
      living.filter(({ key }) => key !== null),
      ({ name, actor, key }) => JSON.stringify([name, name === 'all' ? null : actor, key]),
    )) {
      expect(members.filter(({ state }) => state === 'running').length, `running with ${key}`).toBeLessThanOrEqual(1)
      expect(members.filter(({ state }) => state !== 'running').length, `waiting with ${key}`).toBeLessThanOrEqual(1)
    }
    for (const job of living) this.#checkPlace(job, living)
    this.#checkIdle(jobs, held.length)
    const known = new Set(jobs.map(({ id }) => id))
    for (const id of this.#pushed) expect(known.has(id) || this.#removed.has(id), 'a job is gone').toBe(true)
  }

  #checkGroup(name: string, members: readonly Job[]): void {
    const concurrency = name.startsWith('two') ? GROUP_CONCURRENCY : 1
    const placed = members.filter(({ hasSlot }) => hasSlot)
    expect(placed.length, `places of ${name}`).toBeLessThanOrEqual(concurrency)
    for (const { state, hasSlot } of members) if (state === 'running') expect(hasSlot).toBe(true)
    const behind = members.filter(({ stage, behind }) => stage === 'behind' && behind === null)
    if (behind.length > 0) expect(placed.length, `${name} has room`).toBe(concurrency)
  }

  #checkPlace({ stage, state, behind, runAt }: Job, living: readonly Job[]): void {
    expect(stage === 'running').toBe(state === 'running')
    expect(['unhandled', 'held', 'over']).not.toContain(stage)
    if (stage === 'later' && !this.#isPaused) expect(runAt, 'due, and not moved').toBeGreaterThan(this.clock.wall)
    if (behind !== null)
      expect(
        living.some(({ seq }) => seq === behind),
        'behind nobody',
      ).toBe(true)
  }

  /** Nothing waits while there is room, unless one is to run alone. */
  #checkIdle(jobs: readonly Job[], held: number): void {
    if (this.#isPaused || held >= CONCURRENCY) return
    const isAlone =
      [...this.#completed.values()].some((crashes) => crashes > 0) ||
      jobs.some(({ stage, state, crashes }) => crashes > 0 && (stage === 'ready' || state === 'running'))
    const ready = jobs.filter(({ stage, id }) => stage === 'ready' && !this.#completed.has(id))
    if (!isAlone) expect(ready, 'room, and nobody runs').toEqual([])
  }

  /** All that is left comes to its end. */
  async drain(): Promise<void> {
    await this.take({ do: 'resume' })
    for (let turns = 0; turns < 500; turns++) {
      while (this.runs.length > 0) {
        this.#completed.delete(this.runs[0]?.job.id ?? '')
        await this.end(this.runs[0], { kind: 'done', result: null })
        this.check()
      }
      const left = selectJobs(this.database, 'WHERE "finished_at" IS NULL', [])
      if (left.length === 0) return
      await this.advance(3_600_000)
    }
    throw new Error('some jobs never end')
  }
}
