import { afterEach, beforeEach, expect, test } from 'bun:test'
import { DAILY, openSchedulesWorld, type SchedulesWorld } from '../testing/schedules-world'

const HOUR = 3_600_000

let world: SchedulesWorld

beforeEach(async () => {
  world = await openSchedulesWorld('2026-06-01T07:00:00Z')
  await world.pass(0)
})
afterEach(() => world.close())

const list = async () => (await world.send('GET', '/api/admin/schedules')).body.schedules
const names = async () => (await list()).map(({ name }: { name: string }) => name)

test('N1 what a manifest states replaces what it stated before, by name', async () => {
  const { schedules } = world
  await schedules.declare('digest', [DAILY, { ...DAILY, name: 'weekly', cron: '0 8 * * 1' }])
  expect(await list()).toMatchObject([
    { name: 'digest', source: 'function', function: 'digest', next_at: '2026-06-01T08:00:00.000Z' },
    { name: 'weekly', next_at: '2026-06-01T08:00:00.000Z' },
  ])
  expect(await schedules.declare('digest', [{ ...DAILY, cron: '0 9 * * *' }])).toEqual([])
  expect(await list()).toMatchObject([{ name: 'digest', next_at: '2026-06-01T09:00:00.000Z' }])
  await schedules.declare('digest', [])
  expect(await names()).toEqual([])
})

test('N2 what is the same is not touched: it stays paused, and is due when it was', async () => {
  await world.schedules.declare('digest', [DAILY])
  await world.send('POST', '/api/admin/schedules/digest/pause')
  await world.schedules.declare('digest', [DAILY])
  await world.schedules.declare('digest', [{ ...DAILY, payload: { to: 'all' } }])
  await world.schedules.declare('digest', [{ ...DAILY, cron: '30 8 * * *' }])
  expect(await list()).toMatchObject([{ state: 'paused', payload: {}, next_at: '2026-06-01T08:30:00.000Z' }])
})

test('N2 a payload that changes does not lose a firing', async () => {
  await world.schedules.declare('digest', [DAILY])
  world.clock.now += 2 * HOUR
  world.restart()
  await world.schedules.declare('digest', [{ ...DAILY, payload: { to: 'all' } }])
  await world.pass(0)
  expect(world.jobs.all()).toMatchObject([{ key: 'digest@2026-06-01T08:00:00.000Z', payload: { to: 'all' } }])
})

test('N3 what functions that are gone have stated is removed', async () => {
  for (const owner of ['a', 'b', 'c']) await world.schedules.declare(owner, [{ ...DAILY, name: owner }])
  await world.create({ name: 'by-hand', cron: '0 8 * * *' })
  await world.schedules.removeOthers(['b'])
  expect(await names()).toEqual(['b', 'by-hand'])
})

test('N4 names are taken once', async () => {
  await world.create({ name: 'digest', cron: '0 9 * * *' })
  await world.schedules.declare('a', [{ ...DAILY, name: 'mine' }])
  expect(await world.schedules.declare('b', [DAILY, { ...DAILY, name: 'mine' }, { ...DAILY, name: 'b' }])).toEqual([
    "there is a schedule 'digest' already, made with the admin API: delete it (koyalite schedules delete digest), or give this one another name",
    "the function a has a schedule 'mine' already: give this one another name",
  ])
  expect(await list()).toMatchObject([
    { name: 'b', source: 'function', function: 'b' },
    { name: 'digest', source: 'api', function: 'digest' },
    { name: 'mine', function: 'a' },
  ])
})

test('N5 it can be paused, resumed and run, and is changed where it is stated', async () => {
  await world.schedules.declare('digest', [DAILY])
  const said =
    "The schedule 'digest' is stated by the manifest of the function digest: change it there. It can be paused here."
  for (const [method, body] of [
    ['PATCH', { cron: '0 9 * * *' }],
    ['DELETE', undefined],
  ] as const) {
    const response = await world.send(method, '/api/admin/schedules/digest', body && { body })
    expect(response).toMatchObject({ status: 409, body: { error: { message: said } } })
  }
  expect((await world.send('POST', '/api/admin/schedules/digest/run')).status).toBe(202)
  expect((await world.send('POST', '/api/admin/schedules/digest/pause')).body.state).toBe('paused')
  expect((await world.send('POST', '/api/admin/schedules/digest/resume')).body.state).toBe('active')
})

test('one that is not valid is refused', async () => {
  await expect(world.schedules.declare('digest', [{ ...DAILY, cron: '0 25 * * *' }])).rejects.toMatchObject({
    code: 'VALIDATION_ERROR',
    details: [{ field: 'cron', message: "the hour '25' is not valid (0-23)" }],
  })
})

test('N6 after a reset of the database what manifests state is there again', async () => {
  await world.schedules.declare('digest', [DAILY])
  await world.create({ name: 'by-hand', cron: '0 8 * * *' })
  await world.database.write((tx) => tx.exec('DELETE FROM "_koyalite_schedules"'))
  await world.database.newEpoch()
  await world.pass(0)
  expect(await list()).toMatchObject([{ name: 'digest', source: 'function', next_at: '2026-06-01T08:00:00.000Z' }])
})
