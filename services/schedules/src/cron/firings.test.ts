import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import fc from 'fast-check'
import { countFirings, type FiringTimes, latestFiring, nextFiring, nextFirings } from './firings'

/** Firings in a span of time, as ISO instants without seconds. */
function between(cron: string, timezone: string, [from, until]: readonly [string, string]): readonly string[] {
  const found: string[] = []
  const times = { cron, timezone }
  for (let at = nextFiring(times, Date.parse(from) - 1); at !== null && at < Date.parse(until); ) {
    found.push(new Date(at).toISOString().replace(/:00\.000Z$/, 'Z'))
    at = nextFiring(times, at)
  }
  return found
}

/** Written by hand, from the rules of each country: nothing here is taken from a program. */
const TABLES: readonly {
  readonly zone: string
  readonly what: string
  readonly span: readonly [string, string]
  readonly fire: Readonly<Record<string, readonly string[]>>
}[] = [
  {
    zone: 'Europe/Berlin',
    what: '2026-03-29 02:00 → 03:00, at 01:00Z',
    span: ['2026-03-28T23:00Z', '2026-03-29T03:00Z'],
    fire: {
      '30 2 * * *': ['2026-03-29T01:30Z'],
      '0 2 * * *': ['2026-03-29T01:00Z'],
      '0 3 * * *': ['2026-03-29T01:00Z'],
      // Both are the same instant.
      '0 2,3 * * *': ['2026-03-29T01:00Z'],
      '15,45 2-3 * * *': ['2026-03-29T01:15Z', '2026-03-29T01:45Z'],
      '0 0 * * *': ['2026-03-28T23:00Z'],
      '*/15 1-3 * * *': [
        ...['2026-03-29T00:00Z', '2026-03-29T00:15Z', '2026-03-29T00:30Z', '2026-03-29T00:45Z'],
        ...['2026-03-29T01:00Z', '2026-03-29T01:15Z', '2026-03-29T01:30Z', '2026-03-29T01:45Z'],
      ],
      '0 * * * *': ['2026-03-28T23:00Z', '2026-03-29T00:00Z', '2026-03-29T01:00Z', '2026-03-29T02:00Z'],
      '30 * * * *': ['2026-03-28T23:30Z', '2026-03-29T00:30Z', '2026-03-29T01:30Z', '2026-03-29T02:30Z'],
      '0 30 2 * * *': ['2026-03-29T01:30Z'],
    },
  },
  {
    zone: 'Europe/Berlin',
    what: '2026-10-25 03:00 → 02:00, at 01:00Z',
    span: ['2026-10-24T22:00Z', '2026-10-25T03:00Z'],
    fire: {
      '30 2 * * *': ['2026-10-25T00:30Z'],
      '0 2 * * *': ['2026-10-25T00:00Z'],
      '0 3 * * *': ['2026-10-25T02:00Z'],
      '0,30 1-3 * * *': [
        ...['2026-10-24T23:00Z', '2026-10-24T23:30Z', '2026-10-25T00:00Z', '2026-10-25T00:30Z'],
        ...['2026-10-25T02:00Z', '2026-10-25T02:30Z'],
      ],
      '*/30 2 * * *': ['2026-10-25T00:00Z', '2026-10-25T00:30Z', '2026-10-25T01:00Z', '2026-10-25T01:30Z'],
      '0 * * * *': [
        ...['2026-10-24T22:00Z', '2026-10-24T23:00Z', '2026-10-25T00:00Z', '2026-10-25T01:00Z'],
        '2026-10-25T02:00Z',
      ],
    },
  },
  {
    zone: 'America/New_York',
    what: '2026-03-08 02:00 → 03:00, at 07:00Z',
    span: ['2026-03-08T05:00Z', '2026-03-09T04:00Z'],
    fire: {
      '30 2 * * *': ['2026-03-08T07:30Z'],
      '59 1 * * *': ['2026-03-08T06:59Z'],
      '30 2 8 * *': ['2026-03-08T07:30Z'],
      '30 2 * * 0': ['2026-03-08T07:30Z'],
      '0 12 * * *': ['2026-03-08T16:00Z'],
    },
  },
  {
    zone: 'America/New_York',
    what: '2026-11-01 02:00 → 01:00, at 06:00Z',
    span: ['2026-11-01T04:00Z', '2026-11-02T05:00Z'],
    fire: {
      '30 1 * * *': ['2026-11-01T05:30Z'],
      '0 1 * * *': ['2026-11-01T05:00Z'],
      '0 2 * * *': ['2026-11-01T07:00Z'],
      '30 1 1 11 *': ['2026-11-01T05:30Z'],
      '*/20 1 * * *': [
        ...['2026-11-01T05:00Z', '2026-11-01T05:20Z', '2026-11-01T05:40Z'],
        ...['2026-11-01T06:00Z', '2026-11-01T06:20Z', '2026-11-01T06:40Z'],
      ],
    },
  },
  {
    zone: 'Australia/Lord_Howe',
    what: '2026-10-04 02:00 → 02:30, at 2026-10-03T15:30Z',
    span: ['2026-10-03T14:30Z', '2026-10-03T17:00Z'],
    fire: {
      // 10:30 before, 11:00 after it.
      '15 2 * * *': ['2026-10-03T15:45Z'],
      '30 2 * * *': ['2026-10-03T15:30Z'],
      '0 2 * * *': ['2026-10-03T15:30Z'],
      '*/15 * * * *': [
        ...['2026-10-03T14:30Z', '2026-10-03T14:45Z', '2026-10-03T15:00Z', '2026-10-03T15:15Z'],
        ...['2026-10-03T15:30Z', '2026-10-03T15:45Z', '2026-10-03T16:00Z', '2026-10-03T16:15Z'],
        ...['2026-10-03T16:30Z', '2026-10-03T16:45Z'],
      ],
    },
  },
  {
    zone: 'Australia/Lord_Howe',
    what: '2026-04-05 02:00 → 01:30, at 2026-04-04T15:00Z',
    span: ['2026-04-04T14:00Z', '2026-04-04T17:00Z'],
    fire: {
      '45 1 * * *': ['2026-04-04T14:45Z'],
      '15 1 * * *': ['2026-04-04T14:15Z'],
      '0 2 * * *': ['2026-04-04T15:30Z'],
      '45 * * * *': ['2026-04-04T14:45Z', '2026-04-04T15:15Z', '2026-04-04T16:15Z'],
    },
  },
  {
    zone: 'America/Sao_Paulo',
    what: 'no summer time since 2019',
    span: ['2026-10-31T03:00Z', '2026-11-03T03:00Z'],
    fire: { '30 0 * * *': ['2026-10-31T03:30Z', '2026-11-01T03:30Z', '2026-11-02T03:30Z'] },
  },
  {
    zone: 'America/Sao_Paulo',
    what: '2018-11-04 00:00 → 01:00, at 03:00Z: midnight itself is left out',
    span: ['2018-11-03T03:00Z', '2018-11-05T02:00Z'],
    fire: { '0 0 * * *': ['2018-11-03T03:00Z', '2018-11-04T03:00Z'], '30 0 4 11 *': ['2018-11-04T03:30Z'] },
  },
  {
    zone: 'America/Sao_Paulo',
    what: '2018-02-18 00:00 → 2018-02-17 23:00, at 02:00Z: the end of a day comes twice',
    span: ['2018-02-17T02:00Z', '2018-02-19T03:00Z'],
    fire: {
      '30 23 * * *': ['2018-02-18T01:30Z', '2018-02-19T02:30Z'],
      '0 0 * * *': ['2018-02-17T02:00Z', '2018-02-18T03:00Z'],
    },
  },
  {
    zone: 'Asia/Kolkata',
    what: 'half an hour beside the others, all year',
    span: ['2026-03-28T18:30Z', '2026-03-30T18:30Z'],
    fire: { '0 9 * * *': ['2026-03-29T03:30Z', '2026-03-30T03:30Z'], '0 0 * * 1': ['2026-03-29T18:30Z'] },
  },
  {
    zone: 'Pacific/Apia',
    what: '2011-12-30 left out, at 10:00Z',
    span: ['2011-12-29T10:00Z', '2012-01-01T10:00Z'],
    fire: {
      // What was due on the day that was not there falls on the next one.
      '0 12 * * *': ['2011-12-29T22:00Z', '2011-12-30T22:00Z', '2011-12-31T22:00Z'],
      '0 12 30 * *': ['2011-12-30T22:00Z'],
      '0 */12 * * *': [
        ...['2011-12-29T10:00Z', '2011-12-29T22:00Z', '2011-12-30T10:00Z', '2011-12-30T22:00Z'],
        ...['2011-12-31T10:00Z', '2011-12-31T22:00Z'],
      ],
    },
  },
  {
    zone: 'Africa/Casablanca',
    what: '2026-02-15 03:00 → 02:00, at 02:00Z: Ramadan',
    span: ['2026-02-14T23:00Z', '2026-02-15T23:00Z'],
    fire: { '30 2 * * *': ['2026-02-15T01:30Z'], '0 3 * * *': ['2026-02-15T03:00Z'] },
  },
  {
    zone: 'Africa/Casablanca',
    what: '2026-03-22 02:00 → 03:00, at 02:00Z',
    span: ['2026-03-22T00:00Z', '2026-03-22T23:00Z'],
    fire: { '30 2 * * *': ['2026-03-22T02:30Z'], '0 3 * * *': ['2026-03-22T02:00Z'] },
  },
]

describe.each(TABLES.map((table) => ({ ...table })))('$zone, $what', ({ zone, span, fire }) => {
  test.each(Object.entries(fire))('T %s', (cron, expected) => {
    expect(between(cron, zone, span)).toEqual([...expected])
  })
})

const year = (cron: string, timezone: string) => between(cron, timezone, ['2026-01-01T12:00Z', '2027-01-01T12:00Z'])

test('T1 fixed hours fire on each day of a year once, whatever the zone does', () => {
  for (const zone of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'UTC']) {
    for (const hour of [0, 1, 2, 3, 23]) expect(year(`30 ${hour} * * *`, zone)).toHaveLength(365)
  }
})

test('T2 steps and stars never pause, and never fire twice at a time', () => {
  for (const zone of ['Europe/Berlin', 'America/New_York', 'Africa/Casablanca', 'Australia/Lord_Howe']) {
    const found = year('*/15 * * * *', zone).map((at) => Date.parse(at))
    expect(new Set(found.slice(1).map((at, i) => at - (found[i] ?? 0)))).toEqual(new Set([900_000]))
  }
})

test('T3 the zone of the machine makes no difference', () => {
  const specs = [
    { cron: '30 2 * * *', timezone: 'Europe/Berlin' },
    { cron: '0 8 * * 1', timezone: 'UTC' },
  ]
  const code = `const { nextFirings } = await import(${JSON.stringify(join(import.meta.dir, 'firings.ts'))})
    console.log(JSON.stringify(${JSON.stringify(specs)}.map((spec) => nextFirings(spec, Date.UTC(2026, 2, 27), 4))))`
  const inZone = (TZ: string) => {
    const { stdout, stderr } = Bun.spawnSync([process.execPath, '-e', code], { env: { ...process.env, TZ } })
    expect(stderr.toString()).toBe('')
    return JSON.parse(stdout.toString())
  }
  const here = specs.map((spec) => nextFirings(spec, Date.UTC(2026, 2, 27), 4))
  for (const TZ of ['America/New_York', 'Pacific/Apia']) expect(inZone(TZ)).toEqual(here)
})

test('T4 day of the month and day of the week: either', () => {
  const span = ['2026-02-01T00:00Z', '2026-03-01T00:00Z'] as const
  expect(between('0 0 13 * 5', 'UTC', span).map((at) => at.slice(8, 10))).toEqual(['06', '13', '20', '27'])
  expect(between('0 0 14 * 5', 'UTC', span).map((at) => at.slice(8, 10))).toEqual(['06', '13', '14', '20', '27'])
  expect(between('0 0 14 * *', 'UTC', span)).toHaveLength(1)
  expect(between('0 0 * * 7', 'UTC', span)).toHaveLength(4)
})

test('T5 six fields begin with seconds', () => {
  expect(nextFirings({ cron: '*/20 * * * * *', timezone: 'UTC' }, 0, 3)).toEqual([20_000, 40_000, 60_000])
  // 29 February on a Monday: however many are asked for, no thousand years are looked through.
  const now = Date.parse('2026-12-01T00:00:00Z')
  const rare = nextFirings({ cron: '0 0 29 2 +1', timezone: 'Europe/Berlin' }, now, 100)
  expect(rare.map((at) => new Date(at).toISOString())).toEqual(['2044-02-28T23:00:00.000Z'])
  const leap = nextFirings({ cron: '0 0 29 2 *', timezone: 'UTC' }, now, 100)
  expect(leap.map((at) => new Date(at).getUTCFullYear())).toEqual([2028, 2032, 2036, 2040, 2044])
  expect(nextFirings({ cron: '5 0 0 * * *', timezone: 'UTC' }, 5_000, 1)).toEqual([86_405_000])
})

test('a day that is rare, and one that never comes', () => {
  expect(between('0 0 29 2 *', 'Europe/Berlin', ['2026-01-01T00:00Z', '2033-01-01T00:00Z'])).toEqual([
    '2028-02-28T23:00Z',
    '2032-02-28T23:00Z',
  ])
  expect(nextFiring({ cron: '0 0 31 2 *', timezone: 'Europe/Berlin' }, 0)).toBeNull()
})

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Africa/Casablanca']
const field = (min: number, max: number) =>
  fc.oneof(
    fc.constant('*'),
    fc.integer({ min: 2, max: Math.min(max, 12) }).map((step) => `*/${step}`),
    fc.integer({ min, max }).map(String),
    fc.array(fc.integer({ min, max }), { minLength: 2, maxLength: 3 }).map((list) => list.join(',')),
  )
const times: fc.Arbitrary<FiringTimes> = fc.record({
  cron: fc
    .tuple(field(0, 59), field(0, 23), fc.oneof(fc.constant('*'), field(1, 28)), fc.constant('*'), fc.constant('*'))
    .map((fields) => fields.join(' ')),
  timezone: fc.constantFrom(...ZONES),
})
const instant = fc.integer({ min: Date.UTC(2025, 0), max: Date.UTC(2028, 0) })

test('the next firing is later, the same from everywhere before it, and nothing is between', () => {
  fc.assert(
    fc.property(times, instant, fc.double({ min: 0, max: 1, noNaN: true }), (spec, from, part) => {
      const next = nextFiring(spec, from) as number
      expect(next).toBeGreaterThan(from)
      expect(next % 1_000).toBe(0)
      expect(nextFiring(spec, from + Math.floor((next - 1 - from) * part))).toBe(next)
      expect(nextFiring(spec, next) as number).toBeGreaterThan(next)
    }),
  )
})

test('looked at again at any times, nothing is lost and nothing comes twice', () => {
  fc.assert(
    fc.property(
      times,
      instant,
      fc.array(fc.integer({ min: 1, max: 40 * 3_600_000 }), { maxLength: 20 }),
      (spec, from, waits) => {
        const all: number[] = []
        const inParts: number[] = []
        const end = waits.reduce((sum, wait) => sum + wait, from)
        for (let at = nextFiring(spec, from) as number; at <= end; at = nextFiring(spec, at) as number) all.push(at)
        let now = from
        let due = nextFiring(spec, from) as number
        for (const wait of waits) {
          now += wait
          for (; due <= now; due = nextFiring(spec, due) as number) inParts.push(due)
        }
        expect(inParts).toEqual(all)
      },
    ),
    { numRuns: 30 },
  )
})

test('the latest firing is the last of those counted', () => {
  fc.assert(
    fc.property(times, instant, fc.integer({ min: 0, max: 10 * 86_400_000 }), (spec, from, wait) => {
      const first = nextFiring(spec, from) as number
      const until = first + wait
      let [last, count] = [first, 0]
      for (let at = first; at <= until; at = nextFiring(spec, at) as number) [last, count] = [at, count + 1]
      expect(latestFiring(spec, first, until)).toBe(last)
      expect(countFirings(spec, { from: first, until, limit: 1e9 })).toBe(count)
      expect(countFirings(spec, { from: first, until, limit: 2 })).toBe(Math.min(2, count))
    }),
    { numRuns: 30 },
  )
})
