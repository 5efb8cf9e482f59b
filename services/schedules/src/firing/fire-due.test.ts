import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { AppError } from '@koyalite/contracts'
import fc from 'fast-check'
import { nextFiring } from '../cron/firings'
import { newSchedule } from '../operations/changed-schedule'
import { passOverRestoredFirings } from '../restored-schedules'
import { insertSchedule, pauseCopiedSchedules } from '../store/schedules'
import { DAILY, openSchedulesWorld, type SchedulesWorld } from '../testing/schedules-world'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

let world: SchedulesWorld

beforeEach(async () => {
  world = await openSchedulesWorld('2026-06-01T07:00:00Z')
  await world.pass(0)
})
afterEach(() => world.close())

const firings = async (name: string) => (await world.send('GET', `/api/admin/schedules/${name}/firings`)).body.firings
const outcomes = async (name: string): Promise<readonly string[]> =>
  (await firings(name)).map(({ outcome }: { outcome: string }) => outcome)
const get = async (name: string) => (await world.send('GET', `/api/admin/schedules/${name}`)).body

describe('F firings', () => {
  test('F1 each is one job, named after the schedule and the instant', async () => {
    await world.create({ name: 'a', cron: '0 8 * * *', payload: { to: 'all' } })
    await world.pass(HOUR - 1)
    expect(world.keys()).toEqual([])
    await world.pass(1)
    await world.pass(HOUR)
    await world.pass(23 * HOUR)
    expect(world.keys()).toEqual(['a@2026-06-01T08:00:00.000Z', 'a@2026-06-02T08:00:00.000Z'])
    expect(world.jobs.all()[0]).toMatchObject({
      ...{ name: 'digest', payload: { to: 'all' }, actor: null, maxAttempts: 3 },
      retryUntil: Date.parse('2026-06-02T08:00:00Z'),
    })
    expect(await get('a')).toMatchObject({ state: 'active', next_at: '2026-06-03T08:00:00.000Z' })
  })

  test('F2 what fails to be written leaves neither a job nor a schedule that has moved on', async () => {
    await world.create({ name: 'a', cron: '0 8 * * *' })
    await world.database.write((tx) => tx.exec('DROP TABLE "_koyalite_schedule_firings"'))
    await world.pass(HOUR)
    expect(world.keys()).toEqual([])
    expect(world.schedules.health().overdue).toEqual([])
    const [dueAt] = world.database.get({ text: 'SELECT "due_at" FROM "_koyalite_schedules"', params: [] }) ?? []
    expect(dueAt).toBe(Date.parse('2026-06-01T08:00:00Z'))
  })

  test('F3 one that can have no job is recorded, and the others fire', async () => {
    await world.create({ name: 'a', cron: '0 8 * * *' })
    world.jobs.refuseWith(new AppError('QUEUE_FULL', 'Too many jobs wait.'))
    await world.pass(HOUR)
    world.jobs.refuseWith(null)
    expect((await firings('a'))[0]).toMatchObject({
      outcome: 'failed',
      job: null,
      error: 'QUEUE_FULL: Too many jobs wait.',
    })
    await world.pass(DAY)
    expect(world.keys()).toEqual(['a@2026-06-02T08:00:00.000Z'])
  })

  test('F3 one that fails in a way that nobody thought of does not stop the others, and is tried again', async () => {
    await world.create({ name: 'a', cron: '0 8 * * *' })
    world.jobs.refuseWith(new Error('a fault'))
    await world.pass(HOUR)
    world.jobs.refuseWith(null)
    await world.pass(5 * MINUTE)
    expect(world.keys()).toEqual(['a@2026-06-01T08:00:00.000Z'])
  })

  test('F3 a function that is not there is waited for, as long as it may still be loaded', async () => {
    const gone = new AppError('FUNCTION_NOT_FOUND', "There is no function 'digest'.")
    await world.create({ name: 'a', cron: '0 8 * * *' })
    world.clock.now += 2 * HOUR
    world.restart()
    world.jobs.refuseWith(gone)
    await world.pass(0)
    await world.pass(40_000)
    expect(await firings('a')).toEqual([])
    world.jobs.refuseWith(null)
    await world.pass(2_000)
    expect(await firings('a')).toMatchObject([{ outcome: 'queued', cause: 'missed' }])
    world.jobs.refuseWith(gone)
    await world.pass(23 * HOUR - 42_000)
    await world.pass(30_000)
    expect(await outcomes('a')).toEqual(['queued'])
    await world.pass(30_000)
    expect((await firings('a'))[0]).toMatchObject({ outcome: 'failed', error: `FUNCTION_NOT_FOUND: ${gone.message}` })
    expect((await get('a')).next_at).toBe('2026-06-03T08:00:00.000Z')
  })

  test('F4 lateness is recorded', async () => {
    await world.create({ name: 'a', cron: '0 8 * * *' })
    await world.pass(HOUR + 1_500)
    expect((await firings('a'))[0]).toMatchObject({
      ...{ outcome: 'queued', cause: 'due', due_at: '2026-06-01T08:00:00.000Z', late_ms: 1_500 },
      job: { state: 'done' },
    })
    expect(world.metrics.text()).toContain('koyalite_schedule_lateness_seconds_total 1.5')
    expect(world.metrics.text()).toContain('koyalite_schedule_firings_total{outcome="queued"} 1')
  })

  test('F5 the history has an end', async () => {
    await world.create({ name: 'a', cron: '* * * * * *', overlap: 'allow' })
    for (let i = 0; i < 60; i++) await world.pass(1_000)
    expect(world.keys()).toHaveLength(60)
    expect((await world.send('GET', '/api/admin/schedules/a/firings?limit=500')).body.firings).toHaveLength(50)
  })

  test('F6 jitter is the same each time, and less than a period', async () => {
    for (let i = 0; i < 20; i++) await world.create({ name: `j${i}`, cron: '0 8 * * *', jitter: '30m' })
    await world.pass(HOUR)
    const early = world.keys().length
    await world.pass(15 * MINUTE)
    const half = world.keys().length
    await world.pass(15 * MINUTE)
    expect(early).toBeLessThan(5)
    expect(half).toBeGreaterThan(early)
    expect(world.keys()).toHaveLength(20)
    expect(new Set(world.keys().map((key) => key.split('@')[1]))).toEqual(new Set(['2026-06-01T08:00:00.000Z']))
  })
})

describe('O overlap', () => {
  test('O1 by default a firing is skipped while the last job waits, runs or is to be retried', async () => {
    await world.create({ name: 'a', cron: '0 * * * *' })
    await world.pass(HOUR)
    for (const state of ['waiting', 'running', 'retrying'] as const) {
      world.jobs.become(state)
      await world.pass(HOUR)
    }
    for (const state of ['done', 'dead', 'cancelled'] as const) {
      world.jobs.become(state)
      await world.pass(HOUR)
    }
    expect((await outcomes('a')).toReversed()).toEqual([
      ...['queued', 'skipped', 'skipped', 'skipped'],
      ...['queued', 'queued', 'queued'],
    ])
    expect(world.keys()).toHaveLength(4)
  })

  test('O2 unless it is allowed', async () => {
    await world.create({ name: 'a', cron: '0 * * * *', overlap: 'allow' })
    world.jobs.become('running')
    for (let i = 0; i < 3; i++) await world.pass(HOUR)
    expect(world.keys()).toHaveLength(3)
  })
})

describe('M missed firings', () => {
  test('M1 the last of them runs once the server is there again', async () => {
    await world.create({ name: 'a', cron: '0 8 * * *' })
    world.clock.now += 3 * DAY + 2 * HOUR
    world.restart()
    await world.pass(0)
    await world.pass(MINUTE)
    expect(world.keys()).toEqual(['a@2026-06-04T08:00:00.000Z'])
    expect(await firings('a')).toMatchObject([
      { outcome: 'queued', cause: 'missed', due_at: '2026-06-04T08:00:00.000Z', late_ms: HOUR },
      { outcome: 'missed', due_at: '2026-06-01T08:00:00.000Z', count: 3 },
    ])
    expect((await get('a')).next_at).toBe('2026-06-05T08:00:00.000Z')
  })

  test('M2 or none, if it says so: also after a stop of a second', async () => {
    await world.create({ name: 'a', cron: '0 8 * * *', missed: 'skip' })
    await world.pass(HOUR - 500)
    world.clock.now += 1_000
    world.restart()
    await world.pass(0)
    expect(world.keys()).toEqual([])
    expect(await outcomes('a')).toEqual(['missed'])
    await world.pass(DAY)
    expect(world.keys()).toEqual(['a@2026-06-02T08:00:00.000Z'])
  })

  test('M2 what is due once the server is there is not missed, though nobody has looked before', async () => {
    await world.create({ name: 'a', cron: '0 8 * * *', missed: 'skip' })
    world.restart()
    await world.pass(HOUR)
    expect(await outcomes('a')).toEqual(['queued'])
    world.clock.now += 30 * 60_000
    await world.create({ name: 'b', cron: '0 9 * * *', missed: 'skip' })
    await world.pass(HOUR / 2)
    expect(await outcomes('b')).toEqual(['queued'])
  })

  test('M3 weekly schedules run, though the server restarts every day', async () => {
    await world.create({ name: 'a', cron: '0 8 * * 1', timezone: 'UTC' })
    for (let day = 0; day < 21; day++) {
      await world.pass(30 * MINUTE)
      world.clock.now += DAY - 30 * MINUTE
      world.restart()
      await world.pass(0)
    }
    // 2026-06-01 is a Monday; each comes half an hour before the server has ended, or after.
    expect(world.keys()).toEqual(['01', '08', '15'].map((day) => `a@2026-06-${day}T08:00:00.000Z`))
  })

  test('M4 what is new or has other times misses nothing', async () => {
    await world.create({ name: 'a', cron: '0 6 * * *' })
    await world.pass(0)
    expect((await get('a')).next_at).toBe('2026-06-02T06:00:00.000Z')
    world.clock.now += 2 * DAY
    world.restart()
    await world.send('PATCH', '/api/admin/schedules/a', { body: { cron: '0 5 * * *' } })
    await world.pass(0)
    expect(world.keys()).toEqual([])
    expect((await get('a')).next_at).toBe('2026-06-04T05:00:00.000Z')
  })

  test('M5 a process that was stopped for minutes has missed them', async () => {
    await world.create({ name: 'a', cron: '* * * * *', overlap: 'allow' })
    await world.pass(10 * MINUTE + 500)
    expect(world.keys()).toEqual(['a@2026-06-01T07:10:00.000Z'])
    expect(await outcomes('a')).toEqual(['queued', 'missed'])
  })

  test('M6 one that is late by seconds has not', async () => {
    await world.create({ name: 'a', cron: '*/10 * * * * *', overlap: 'allow', missed: 'skip' })
    await world.pass(30_500)
    expect(world.keys()).toHaveLength(3)
  })
})

describe('C the clock', () => {
  test('C1 put back it repeats nothing', async () => {
    await world.create({ name: 'a', cron: '0 * * * *' })
    await world.pass(HOUR)
    world.clock.now -= 30 * MINUTE
    await world.pass(0)
    await world.pass(45 * MINUTE)
    expect(world.keys()).toEqual(['a@2026-06-01T08:00:00.000Z'])
    await world.pass(45 * MINUTE)
    expect(world.keys()).toEqual(['a@2026-06-01T08:00:00.000Z', 'a@2026-06-01T09:00:00.000Z'])
  })

  test('C2 put forward, what it jumps over is missed', async () => {
    await world.create({ name: 'once', cron: '0 * * * *' })
    await world.create({ name: 'none', cron: '0 * * * *', missed: 'skip' })
    await world.pass(MINUTE)
    world.clock.now += 59 * MINUTE + 10_000
    await world.pass(0)
    expect(world.keys()).toEqual(['once@2026-06-01T08:00:00.000Z'])
    await world.pass(HOUR)
    expect(world.keys()).toHaveLength(3)
  })
})

describe('P pausing', () => {
  test('P1 fires nothing, and what was due meanwhile was missed', async () => {
    await world.create({ name: 'a', cron: '0 * * * *' })
    await world.send('POST', '/api/admin/schedules/a/pause')
    for (let i = 0; i < 3; i++) await world.pass(HOUR)
    expect(world.keys()).toEqual([])
    expect(await get('a')).toMatchObject({ state: 'paused', paused: { reason: 'operator' } })
    await world.send('POST', '/api/admin/schedules/a/resume')
    await world.pass(0)
    await world.pass(0)
    expect(world.keys()).toEqual(['a@2026-06-01T10:00:00.000Z'])
  })

  test('P2 those of a copy are paused until somebody resumes them', async () => {
    await world.create({ name: 'a', cron: '0 * * * *' })
    await world.create({ name: 'b', cron: '0 * * * *' })
    await world.send('POST', '/api/admin/schedules/b/pause')
    const { value } = await world.database.write((tx) => pauseCopiedSchedules(tx, world.clock.now))
    expect(value).toBe(1)
    await world.pass(2 * HOUR)
    expect(world.keys()).toEqual([])
    expect((await get('a')).paused.reason).toBe('copy')
    expect((await get('b')).paused.reason).toBe('operator')
    expect(world.schedules.health().pausedAsCopies).toBe(1)
  })

  test('P3 after a restore nothing is made up for that was due before', async () => {
    await world.create({ name: 'a', cron: '0 * * * *' })
    world.clock.now += 3 * HOUR
    world.restart()
    const { value } = await world.database.write((tx) => passOverRestoredFirings(tx, world.clock.now))
    expect(value).toBe(1)
    await world.pass(0)
    expect(world.keys()).toEqual([])
    expect(await firings('a')).toMatchObject([{ outcome: 'missed', count: 3 }])
    await world.pass(HOUR)
    expect(world.keys()).toEqual(['a@2026-06-01T11:00:00.000Z'])
  })
})

test('D overdue by two periods is a state, a metric and for doctor', async () => {
  await world.create({ name: 'a', cron: '0 * * * *' })
  world.clock.now += 2 * HOUR
  expect((await get('a')).state).toBe('active')
  world.clock.now += HOUR
  expect((await get('a')).state).toBe('overdue')
  expect(world.schedules.health().overdue).toEqual([{ name: 'a', dueAt: Date.parse('2026-06-01T08:00:00Z') }])
  expect(world.metrics.text()).toContain('koyalite_schedules_overdue 1')
})

test('ten thousand schedules have one timer, and all of them fire', async () => {
  await world.database.write((tx) => {
    for (let i = 0; i < 10_000; i++) {
      insertSchedule(tx, newSchedule({ ...DAILY, name: `s${i}`, owner: null, function: 'digest' }, world.clock.now))
    }
  })
  await world.pass(HOUR)
  expect(new Set(world.keys()).size).toBe(10_000)
}, 60_000)

test('over restarts at random moments none is lost, and none comes twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('*/10 * * * * *', '* * * * *', '0 * * * *', '30 2 * * *'),
      fc.array(
        fc.record({ up: fc.integer({ min: 0, max: 7_200_000 }), down: fc.integer({ min: 0, max: 90_000_000 }) }),
        {
          minLength: 1,
          maxLength: 6,
        },
      ),
      async (cron, spans) => {
        const own = await openSchedulesWorld('2026-03-28T00:00:00Z')
        const times = { cron, timezone: 'Europe/Berlin' }
        await own.create({ name: 'a', ...times, overlap: 'allow' })
        const expected: string[] = []
        const start = own.clock.now
        let due = nextFiring(times, start) as number
        const add = (at: number) => expected.push(`a@${new Date(at).toISOString()}`)
        for (const { up, down } of spans) {
          own.restart()
          await own.pass(0)
          // Looked at often enough that nothing is missed while it is there.
          for (let left = up; left > 0; left -= 30_000) await own.pass(Math.min(30_000, left))
          for (; due <= own.clock.now; due = nextFiring(times, due) as number) add(due)
          own.clock.now += down
          let last: number | null = null
          for (; due <= own.clock.now; due = nextFiring(times, due) as number) last = due
          if (last !== null) add(last)
        }
        own.restart()
        await own.pass(0)
        expect(own.keys()).toEqual(expected)
        await own.close()
      },
    ),
    { numRuns: 12 },
  )
}, 60_000)
