import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Fixture, openFixture } from '../testing/open-fixture'
import { runAggregate } from '../testing/run-aggregate'

// Labels written by hand. What happens at a change of the clocks is in the comments.

const SCHEMA = `
version: 1
collections:
  people: { fields: { id: { type: int, primary: true, default: auto }, born: { type: timestamp, nullable: true }, day: { type: date, nullable: true } } }
  events:
    fields:
      id: { type: int, primary: true, default: auto }
      at: { type: timestamp, nullable: true }
      of: { type: int, nullable: true, references: people.id }
`

let db: Fixture
beforeAll(async () => {
  db = await openFixture(SCHEMA)
})
afterAll(() => db.close())

async function labelsOf(time: string, zone: string): Promise<Record<string, unknown> | undefined> {
  await db.run({ text: 'DELETE FROM events', params: [] })
  await db.insert('events', { at: time })
  const group = ['hour', 'day', 'week', 'month', 'year'].map((bucket) => `at:${bucket}:as:${bucket}`).join(',')
  const [found] = runAggregate(db, 'events', { group, timezone: zone })
  return found
}

test.each([
  ['2026-01-31T13:05:06.007Z', 'UTC', ['2026-01-31T13', '2026-01-31', '2026-W05', '2026-01', '2026']],
  ['2026-01-31T23:59:59.999Z', 'UTC', ['2026-01-31T23', '2026-01-31', '2026-W05', '2026-01', '2026']],
  ['0001-01-01T00:00:00.000Z', 'UTC', ['0001-01-01T00', '0001-01-01', '0001-W01', '0001-01', '0001']],
  ['9999-12-31T23:59:59.999Z', 'UTC', ['9999-12-31T23', '9999-12-31', '9999-W52', '9999-12', '9999']],
  // There is no year after 9999, nor is a time without a label.
  ['9999-12-31T23:59:59.999Z', 'Europe/Berlin', ['9999-12-31T23', '9999-12-31', '9999-W52', '9999-12', '9999']],
  ['9999-12-31T23:59:59.999Z', '+24:00', ['9999-12-31T23', '9999-12-31', '9999-W52', '9999-12', '9999']],
  // Weeks belong to the year of their Thursday.
  ['2024-12-30T00:00:00.000Z', 'UTC', ['2024-12-30T00', '2024-12-30', '2025-W01', '2024-12', '2024']],
  ['2021-01-03T12:00:00.000Z', 'UTC', ['2021-01-03T12', '2021-01-03', '2020-W53', '2021-01', '2021']],
  ['2027-01-01T12:00:00.000Z', 'UTC', ['2027-01-01T12', '2027-01-01', '2026-W53', '2027-01', '2027']],
  // Berlin: at 1:00 UTC it is 2:00, and becomes 3:00.
  ['2026-03-29T00:59:59.999Z', 'Europe/Berlin', ['2026-03-29T01', '2026-03-29', '2026-W13', '2026-03', '2026']],
  ['2026-03-29T01:00:00.000Z', 'Europe/Berlin', ['2026-03-29T03', '2026-03-29', '2026-W13', '2026-03', '2026']],
  ['2026-03-28T23:00:00.000Z', 'Europe/Berlin', ['2026-03-29T00', '2026-03-29', '2026-W13', '2026-03', '2026']],
  ['2026-03-29T21:59:59.999Z', 'Europe/Berlin', ['2026-03-29T23', '2026-03-29', '2026-W13', '2026-03', '2026']],
  ['2026-03-29T22:00:00.000Z', 'Europe/Berlin', ['2026-03-30T00', '2026-03-30', '2026-W14', '2026-03', '2026']],
  // And back: from 0:00 to 2:00 UTC it is between 2:00 and 3:00, twice.
  ['2026-10-25T00:00:00.000Z', 'Europe/Berlin', ['2026-10-25T02', '2026-10-25', '2026-W43', '2026-10', '2026']],
  ['2026-10-25T01:00:00.000Z', 'Europe/Berlin', ['2026-10-25T02', '2026-10-25', '2026-W43', '2026-10', '2026']],
  ['2026-10-25T01:59:59.999Z', 'Europe/Berlin', ['2026-10-25T02', '2026-10-25', '2026-W43', '2026-10', '2026']],
  ['2026-10-25T02:00:00.000Z', 'Europe/Berlin', ['2026-10-25T03', '2026-10-25', '2026-W43', '2026-10', '2026']],
  ['2026-10-25T22:59:59.999Z', 'Europe/Berlin', ['2026-10-25T23', '2026-10-25', '2026-W43', '2026-10', '2026']],
  ['2026-12-31T23:00:00.000Z', 'Europe/Berlin', ['2027-01-01T00', '2027-01-01', '2026-W53', '2027-01', '2027']],
  // New York: at 7:00 UTC it is 2:00, and becomes 3:00; at 6:00 UTC it is 2:00, and becomes 1:00.
  ['2026-03-08T06:59:59.999Z', 'America/New_York', ['2026-03-08T01', '2026-03-08', '2026-W10', '2026-03', '2026']],
  ['2026-03-08T07:00:00.000Z', 'America/New_York', ['2026-03-08T03', '2026-03-08', '2026-W10', '2026-03', '2026']],
  ['2026-11-01T05:59:59.999Z', 'America/New_York', ['2026-11-01T01', '2026-11-01', '2026-W44', '2026-11', '2026']],
  ['2026-11-01T06:00:00.000Z', 'America/New_York', ['2026-11-01T01', '2026-11-01', '2026-W44', '2026-11', '2026']],
  ['2026-11-01T03:59:59.999Z', 'America/New_York', ['2026-10-31T23', '2026-10-31', '2026-W44', '2026-10', '2026']],
  // Lord Howe moves by half an hour: at 15:00 UTC it is 2:00, and becomes 1:30; at 15:30 UTC it is 2:00, and becomes 2:30.
  ['2026-04-04T14:59:00.000Z', 'Australia/Lord_Howe', ['2026-04-05T01', '2026-04-05', '2026-W14', '2026-04', '2026']],
  ['2026-04-04T15:00:00.000Z', 'Australia/Lord_Howe', ['2026-04-05T01', '2026-04-05', '2026-W14', '2026-04', '2026']],
  ['2026-04-04T15:30:00.000Z', 'Australia/Lord_Howe', ['2026-04-05T02', '2026-04-05', '2026-W14', '2026-04', '2026']],
  ['2026-10-03T15:29:00.000Z', 'Australia/Lord_Howe', ['2026-10-04T01', '2026-10-04', '2026-W40', '2026-10', '2026']],
  ['2026-10-03T15:30:00.000Z', 'Australia/Lord_Howe', ['2026-10-04T02', '2026-10-04', '2026-W40', '2026-10', '2026']],
  // Samoa had no 30 December 2011.
  ['2011-12-30T09:59:59.999Z', 'Pacific/Apia', ['2011-12-29T23', '2011-12-29', '2011-W52', '2011-12', '2011']],
  ['2011-12-30T10:00:00.000Z', 'Pacific/Apia', ['2011-12-31T00', '2011-12-31', '2011-W52', '2011-12', '2011']],
  ['2026-01-31T18:29:59.999Z', 'Asia/Kolkata', ['2026-01-31T23', '2026-01-31', '2026-W05', '2026-01', '2026']],
  ['2026-01-31T18:30:00.000Z', 'Asia/Kolkata', ['2026-02-01T00', '2026-02-01', '2026-W05', '2026-02', '2026']],
  ['2026-01-31T22:00:00.000Z', '+02:00', ['2026-02-01T00', '2026-02-01', '2026-W05', '2026-02', '2026']],
  ['2026-02-01T02:59:59.999Z', '-03:00', ['2026-01-31T23', '2026-01-31', '2026-W05', '2026-01', '2026']],
] as const)('%s in %s', async (time, zone, [hour, day, week, month, year]) => {
  expect(await labelsOf(time, zone)).toEqual({ hour, day, week, month, year, count: 1 })
})

test('null is a bucket of its own, also along references; a plus sign may arrive as a space', async () => {
  await db.run({ text: 'DELETE FROM events', params: [] })
  await db.insert('people', { id: 1, born: '2000-01-01T00:30:00Z' }, { id: 2, born: null })
  await db.insert('events', { of: 1, at: '2026-03-29T12:00:00Z' }, { of: 1 }, { of: 2 }, { of: null })
  const found = (params: string) => runAggregate(db, 'events', params)
  for (const zone of ['', '&timezone=Europe/Paris', '&timezone=+01:00', '&timezone=%2B01:00']) {
    expect(found(`group=at:day${zone}`)).toEqual([
      { at: null, count: 3 },
      { at: '2026-03-29', count: 1 },
    ])
  }
  expect(found('group=of.born:year&timezone=America/New_York')).toEqual([
    { 'of.born': null, count: 2 },
    { 'of.born': '1999', count: 2 },
  ])
  expect(found('group=of.born:day&having=of.born:gte:2000-01-01')).toEqual([{ 'of.born': '2000-01-01', count: 2 }])
})

test('a date is in the bucket of its day, whatever the zone; it has no hours', async () => {
  await db.run({ text: 'DELETE FROM events', params: [] })
  await db.run({ text: 'DELETE FROM people', params: [] })
  const days = ['2021-01-03', '2026-01-31', '2026-01-31', null]
  await db.insert('people', ...days.map((day) => ({ day })))
  const group = ['day', 'week', 'month', 'year'].map((bucket) => `day:${bucket}:as:${bucket}`).join(',')
  for (const timezone of ['UTC', 'America/New_York', 'Pacific/Kiritimati']) {
    expect(runAggregate(db, 'people', { group, timezone })).toEqual([
      { day: null, week: null, month: null, year: null, count: 1 },
      { day: '2021-01-03', week: '2020-W53', month: '2021-01', year: '2021', count: 1 },
      { day: '2026-01-31', week: '2026-W05', month: '2026-01', year: '2026', count: 2 },
    ])
  }
  expect(runAggregate(db, 'people', 'values=min:day,max:day,count_distinct:day&having=max_day:gte:2026-01-31')).toEqual(
    [{ min_day: '2021-01-03', max_day: '2026-01-31', count_distinct_day: 2 }],
  )
  expect(() => runAggregate(db, 'people', 'group=day:hour')).toThrow("'hour' takes a timestamp, but 'day' is a date.")
})
