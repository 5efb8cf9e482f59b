import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { zoneOffset } from '../cel/functions/cel-time'
import { UTC, zoneOffsets } from './zone-offsets'

/** The changes of one year, written by hand from the tz database: when in UTC, and the offset from then on in hours. */
const TABLES: readonly (readonly [zone: string, year: string, before: number, changes: readonly [string, number][]])[] =
  [
    [
      'Europe/Berlin',
      '2026',
      1,
      [
        ['2026-03-29T01:00:00.000Z', 2],
        ['2026-10-25T01:00:00.000Z', 1],
      ],
    ],
    [
      'Europe/London',
      '2024',
      0,
      [
        ['2024-03-31T01:00:00.000Z', 1],
        ['2024-10-27T01:00:00.000Z', 0],
      ],
    ],
    [
      'America/New_York',
      '2026',
      -5,
      [
        ['2026-03-08T07:00:00.000Z', -4],
        ['2026-11-01T06:00:00.000Z', -5],
      ],
    ],
    [
      'America/Sao_Paulo',
      '2018',
      -2,
      [
        ['2018-02-18T02:00:00.000Z', -3],
        ['2018-11-04T03:00:00.000Z', -2],
      ],
    ],
    ['America/Sao_Paulo', '2026', -3, []],
    [
      'Australia/Lord_Howe',
      '2026',
      11,
      [
        ['2026-04-04T15:00:00.000Z', 10.5],
        ['2026-10-03T15:30:00.000Z', 11],
      ],
    ],
    [
      'Australia/Sydney',
      '2026',
      11,
      [
        ['2026-04-04T16:00:00.000Z', 10],
        ['2026-10-03T16:00:00.000Z', 11],
      ],
    ],
    [
      'Pacific/Apia',
      '2011',
      -10,
      [
        ['2011-04-02T14:00:00.000Z', -11],
        ['2011-09-24T14:00:00.000Z', -10],
        ['2011-12-30T10:00:00.000Z', 14],
      ],
    ],
    ['Asia/Kathmandu', '2026', 5.75, []],
    ['Asia/Kolkata', '2026', 5.5, []],
    ['Africa/Monrovia', '1972', -44.5 / 60, [['1972-01-07T00:44:30.000Z', 0]]],
  ]

describe('the table of a zone', () => {
  test.each(TABLES)('%s in %s', (zone, year, before, changes) => {
    const offsets = zoneOffsets(zone)
    if (offsets === null) throw new Error('there is such a zone')
    const ofYear = offsets.changes.filter(({ at }) => at.startsWith(year))
    expect(ofYear.map(({ at, offset }): [string, number] => [at, offset / 3600])).toEqual([...changes])
    const last = offsets.changes.findLast(({ at }) => at < `${year}-01-01`)
    expect((last?.offset ?? offsets.first) / 3600).toBe(before)
  })

  test('has what Intl says of any zone at any time', () => {
    const [min, max] = [new Date('1900-01-02'), new Date('2099-12-01')]
    const time = fc.date({ min, max, noInvalidDate: true })
    fc.assert(
      fc.property(fc.constantFrom(...Intl.supportedValuesOf('timeZone')), time, (zone, at) => {
        const { first, changes } = zoneOffsets(zone) ?? { ...UTC, first: Number.NaN }
        const last = changes.findLast((change) => change.at <= at.toISOString())
        expect([zone, at, (last?.offset ?? first) * 1000]).toEqual([zone, at, Number(zoneOffset(at.getTime(), zone))])
      }),
      { numRuns: 500 },
    )
  })

  test('fixed offsets, and UTC under any name', () => {
    for (const [zone, first] of [
      ['UTC', 0],
      ['+02:00', 7200],
      ['-09:30', -34_200],
      ['Etc/UTC', 0],
      ['Etc/GMT+5', -18_000],
    ] as const) {
      expect([zone, zoneOffsets(zone)]).toMatchObject([zone, { first, changes: [] }])
    }
  })

  test('a name in other letters is the same zone; others are none', () => {
    expect(zoneOffsets('europe/berlin')).toBe(zoneOffsets('Europe/Berlin'))
    for (const zone of ['Europe/Atlantis', 'Berlin', '', ' ', '+99:99', '+2', 'x'.repeat(1000), "'"]) {
      expect([zone, zoneOffsets(zone)?.first]).toEqual([zone, zone === '' ? 0 : undefined])
    }
  })
})
