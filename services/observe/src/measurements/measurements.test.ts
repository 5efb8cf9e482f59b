import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { ANONYMOUS, type FinishedQuery, percentile } from '@koyalite/contracts'
import { createMetrics, type RequestEntry } from '@koyalite/kernel'
import { type Database, openDatabase } from '@koyalite/sqlite'
import { readStats } from '../operations/read-stats'
import { COARSE, FINE, storeMeasurements } from '../operations/store-measurements'
import { OBSERVE_TABLES } from '../store/measurements'
import { MAX_KINDS, type MeasuredTime, mergeProcesses } from './measured-time'
import { Measuring, MINUTE_MS } from './measuring'

const NOON = Date.UTC(2026, 10, 30, 12)

const ENTRY: RequestEntry = {
  ...{ id: 'r', method: 'GET', path: '/api/collections/posts', route: 'GET /api/collections/:collection' },
  ...{ collection: 'posts', status: 200, ms: 1, actor: ANONYMOUS, ip: '192.0.2.1', bytes: 10 },
  ...{ query: null, code: null },
}

const query = (shape: string, ms: number): FinishedQuery => ({
  ...{ shape, collection: 'posts', ms, advise: () => ({ plan: [], indexes: [], obstacles: [] }) },
})

let database: Database
let measuring: Measuring
beforeEach(async () => {
  database = await openDatabase({ path: ':memory:' })
  await database.write((tx) => {
    for (const text of OBSERVE_TABLES.steps.flat()) tx.run({ text, params: [] })
  })
  measuring = new Measuring({ database, metrics: createMetrics() })
})
afterEach(() => database.close())

/** So many requests in each minute from NOON on. */
function minutes(count: number, more: Partial<RequestEntry> = {}): readonly MeasuredTime[] {
  const taken: MeasuredTime[] = []
  for (let n = 0; n < count; n++) {
    measuring.responded({ ...ENTRY, ...more }, NOON + n * MINUTE_MS)
    taken.push(...measuring.take(NOON + (n + 1) * MINUTE_MS))
  }
  return taken
}

const stored = (step: number) =>
  Number(database.get({ text: `SELECT count(*) FROM "_koyalite_measurements" WHERE "step" = ?`, params: [step] })?.[0])

describe('a minute', () => {
  test('tells routes by collection, errors by cause, and who asked', () => {
    const day = { at: NOON }
    measuring.responded(ENTRY, day.at)
    measuring.responded({ ...ENTRY, collection: 'comments', ms: 40 }, day.at)
    measuring.responded({ ...ENTRY, collection: 'no-such-thing', status: 404, code: 'COLLECTION_NOT_FOUND' }, day.at)
    measuring.responded({ ...ENTRY, id: 'a', status: 500, code: 'INTERNAL' }, day.at + 1)
    measuring.responded({ ...ENTRY, id: 'b', status: 500, code: 'INTERNAL' }, day.at + 2)
    measuring.finished(query('posts?sort=-title', 7), day.at)
    const [minute] = measuring.peek()
    expect(minute).toMatchObject({ at: NOON, status: { '2xx': 2, '4xx': 1, '5xx': 2 }, requests: { count: 5 } })
    expect(
      minute?.routes.map(({ route, latencies, refused, failed }) => [route, latencies.count, refused, failed]),
    ).toEqual([
      ['GET /api/collections/posts', 3, 2, 2],
      ['GET /api/collections/comments', 1, 0, 0],
      ['GET /api/collections/:collection', 1, 1, 0],
    ])
    expect(
      minute?.errors.map(({ code, count, firstAt, lastAt, requestId }) => [code, count, firstAt, lastAt, requestId]),
    ).toEqual([
      ['INTERNAL', 2, NOON + 1, NOON + 2, 'b'],
      ['COLLECTION_NOT_FOUND', 1, NOON, NOON, 'r'],
    ])
    expect(minute?.queries).toMatchObject([{ shape: 'posts?sort=-title', latencies: { count: 1 } }])
    expect(JSON.stringify(minute)).not.toContain('no-such-thing')
  })

  test('leaves out operators, the command line, health checks and pages of the server', () => {
    const operator = {
      kind: 'operator',
      id: 'o',
      email: 'o@example.com',
      role: 'owner',
    } as unknown as RequestEntry['actor']
    measuring.responded({ ...ENTRY, actor: operator }, NOON)
    measuring.responded({ ...ENTRY, actor: { kind: 'system' } }, NOON)
    for (const route of [
      'GET /health',
      'GET /health/ready',
      'GET /metrics',
      'GET /_/',
      'GET /_/assets/*',
      'POST /api/admin/login',
    ])
      measuring.responded({ ...ENTRY, route, collection: null }, NOON)
    expect(measuring.peek()).toEqual([])
  })

  test('has a bound, whatever strangers ask for', () => {
    for (let n = 0; n < 5_000; n++) {
      measuring.responded({ ...ENTRY, collection: `c${n}`, status: 400, code: 'VALIDATION_ERROR' }, NOON)
      measuring.finished(query(`posts?filter=${'x'.repeat(1_000)}${n}`, 1), NOON)
    }
    const [minute] = measuring.peek()
    expect(minute?.requests.count).toBe(5_000)
    expect(minute?.routes.length).toBeLessThanOrEqual(MAX_KINDS)
    expect(minute?.queries.length).toBeLessThanOrEqual(MAX_KINDS)
    expect(minute?.errors.length).toBeLessThanOrEqual(MAX_KINDS)
    expect(minute?.routes.reduce((sum, { latencies }) => sum + latencies.count, 0)).toBe(5_000)
    expect(minute?.queries.reduce((sum, { latencies }) => sum + latencies.count, 0)).toBe(5_000)
    expect(JSON.stringify(minute).length).toBeLessThan(40_000)
  })

  test('of several processes: counts and memory add up, the slowest loop counts', () => {
    const parts = [10, 30].map((ms) => {
      const own = new Measuring({ database, metrics: createMetrics() })
      own.responded({ ...ENTRY, ms }, NOON)
      return own.peek()[0] as MeasuredTime
    })
    const both = mergeProcesses(parts.map((part, i) => ({ ...part, gauges: { memory_bytes: 100, loop_delay_ms: i } })))
    expect(both).toMatchObject({ requests: { count: 2, totalMs: 40, maxMs: 30 }, status: { '2xx': 2 } })
    expect(both.gauges).toEqual({ memory_bytes: 200, loop_delay_ms: 1 })
  })
})

describe('what is stored', () => {
  test('is there by the minute and by ten minutes, and adds up with what is not stored yet', async () => {
    await storeMeasurements(database, minutes(25, { ms: 10 }), NOON + 25 * MINUTE_MS)
    expect([stored(FINE.step), stored(COARSE.step)]).toEqual([25, 3])
    measuring.responded({ ...ENTRY, ms: 90 }, NOON + 25 * MINUTE_MS)
    const asked = { from: NOON, to: NOON + 30 * MINUTE_MS }
    for (const step of [FINE.step, COARSE.step]) {
      const { points, whole } = await readStats(database, { ...asked, step }, measuring.peek())
      expect(points).toHaveLength(step === FINE.step ? 26 : 3)
      expect(points.map(({ at }) => at)).toEqual(points.map(({ at }) => at).toSorted((a, b) => a - b))
      expect(whole?.requests).toMatchObject({ count: 26, maxMs: 90 })
      expect(whole && percentile(whole.requests, 0.5)).toBeCloseTo(10, -0.5)
    }
  })

  test('of a minute that a restart cut in two, both parts count', async () => {
    await storeMeasurements(database, minutes(1), NOON)
    measuring = new Measuring({ database, metrics: createMetrics() })
    await storeMeasurements(database, minutes(1, { status: 500, code: 'INTERNAL' }), NOON)
    const { points } = await readStats(database, { from: NOON, to: NOON + MINUTE_MS, step: FINE.step }, [])
    expect(points).toMatchObject([{ at: NOON, requests: { count: 2 }, status: { '2xx': 1, '5xx': 1 } }])
  })

  test('is not more than a day of minutes and a week of tens of minutes', async () => {
    const all = minutes(3)
    await storeMeasurements(database, all, NOON)
    const later = NOON + FINE.keep + 2 * MINUTE_MS
    measuring.responded(ENTRY, later)
    await storeMeasurements(database, measuring.take(later + MINUTE_MS), later)
    expect([stored(FINE.step), stored(COARSE.step)]).toEqual([2, 2])
    measuring.responded(ENTRY, NOON + 9 * 86_400_000)
    await storeMeasurements(database, measuring.take(NOON + 10 * 86_400_000), NOON + 9 * 86_400_000)
    expect([stored(FINE.step), stored(COARSE.step)]).toEqual([1, 1])
  })

  test('of an idle server is nothing', async () => {
    measuring.look(NOON)
    expect(await storeMeasurements(database, measuring.take(NOON + MINUTE_MS), NOON)).toBe(0)
    expect(stored(FINE.step)).toBe(0)
  })

  test('is a few megabytes at most, of a server with many routes, shapes and causes', async () => {
    for (let n = 0; n < 400; n++) {
      const ms = 0.3 * 1.02 ** n
      measuring.responded({ ...ENTRY, collection: `collection_${n % 60}`, ms }, NOON)
      measuring.responded(
        { ...ENTRY, collection: `collection_${n % 60}`, ms, status: 400 + (n % 9), code: 'CONFLICT' },
        NOON,
      )
      measuring.finished(query(`collection_${n % 70}?filter=name:eq:?&sort=-created_at`, ms), NOON)
    }
    await storeMeasurements(database, measuring.take(NOON + MINUTE_MS), NOON)
    const bytes = Number(
      database.get({ text: `SELECT max(length("value")) FROM "_koyalite_measurements"`, params: [] })?.[0],
    )
    const rows = FINE.keep / FINE.step + COARSE.keep / COARSE.step
    expect(bytes * rows).toBeLessThan(8e6)
  })
})
