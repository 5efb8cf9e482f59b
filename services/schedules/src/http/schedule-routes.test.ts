import { afterEach, beforeEach, expect, test } from 'bun:test'
import { type Actor, AppError } from '@koyalite/contracts'
import { openSchedulesWorld, type SchedulesWorld } from '../testing/schedules-world'

const VIEWER: Actor = { kind: 'operator', id: 'v', email: 'viewer@example.com', role: 'viewer', sessionId: 's' }
const ADMIN: Actor = { ...VIEWER, id: 'a', email: 'admin@example.com', role: 'admin' }
const HOUR = 3_600_000
const PATH = '/api/admin/schedules'

let world: SchedulesWorld

beforeEach(async () => {
  world = await openSchedulesWorld('2026-06-01T07:00:00Z')
})
afterEach(() => world.close())

const create = (body: object) => world.send('POST', PATH, { body, actor: ADMIN })

test('one is made with defaults, read, changed and deleted, and each write is audited', async () => {
  const made = await create({ name: 'daily', function: 'digest', cron: '0 8 * * *' })
  expect(made).toMatchObject({ status: 201, body: { name: 'daily', source: 'api', state: 'active' } })
  expect(made.body).toMatchObject({
    ...{ timezone: 'UTC', overlap: 'skip', missed: 'run_once', jitter: '0s', payload: {}, paused: null, last: null },
    next_at: '2026-06-01T08:00:00.000Z',
  })
  expect((await world.send('GET', `${PATH}/daily`)).body).toEqual(made.body)
  const body = { timezone: 'Europe/Berlin', jitter: '90s', payload: { note: 'tell nobody' } }
  const changed = await world.send('PATCH', `${PATH}/daily`, { body, actor: ADMIN })
  expect(changed.body).toMatchObject({ ...body, cron: '0 8 * * *', next_at: '2026-06-02T06:00:00.000Z' })
  for (const action of ['pause', 'resume', 'run']) await world.send('POST', `${PATH}/daily/${action}`, { actor: ADMIN })
  expect((await world.send('DELETE', `${PATH}/daily`, { actor: ADMIN })).status).toBe(204)
  expect((await world.send('GET', `${PATH}/daily`)).status).toBe(404)
  expect(world.audited.map(({ event, actor, target }) => [event, actor.id, target?.id])).toEqual(
    ['created', 'changed', 'paused', 'resumed', 'run', 'deleted'].map((what) => [`schedule.${what}`, 'a', 'daily']),
  )
  expect(JSON.stringify(world.audited)).not.toContain('tell nobody')
})

test('what is wrong with one is said by field, with what to write', async () => {
  const messages = async (fields: object) => {
    const { status, body } = await create({ name: 'a', function: 'digest', cron: '0 8 * * *', ...fields })
    return [status, ...body.error.details.map(({ message }: { message: string }) => message)]
  }
  expect(await messages({ cron: '@reboot', timezone: 'Europe/Berln' })).toEqual([
    422,
    "cron: '@reboot' is not a time: starts of the server are not scheduled; write a cron line like '0 3 * * *'",
    "timezone: there is no time zone 'Europe/Berln' (did you mean 'Europe/Berlin'?); expected a name like Europe/Berlin, or UTC",
  ])
  expect(await messages({ timezone: 'new york' })).toEqual([
    422,
    "timezone: there is no time zone 'new york' (did you mean 'America/New_York'?); expected a name like Europe/Berlin, or UTC",
  ])
  expect((await messages({ timezone: '+02:00' }))[0]).toBe(422)
  expect(await messages({ cron: '0 8 * *' })).toEqual([
    422,
    "cron: it has 4 fields; expected a cron line like '0 3 * * *': minute, hour, day of the month, month, day of the week",
  ])
  expect(await messages({ cron: '0 0 30 2 *' })).toEqual([422, 'cron: there is no such day, so it never runs'])
  expect(await messages({ cron: '0 0 0 1 1 * 2027' })).toHaveLength(2)
  expect(await messages({ function: 'nobody' })).toEqual([
    422,
    "function: there is no function 'nobody' that runs jobs; its manifest needs queue: true",
  ])
  expect(await messages({ function: 'webhooks.deliver' })).toEqual([422, 'function: must be the name of a function'])
  expect(await messages({ jitter: 'often' })).toEqual([
    422,
    'jitter: must be a duration like 500ms, 30s, 15m or 24h, or milliseconds',
  ])
  expect(await messages({ jitter: '25h' })).toEqual([422, 'jitter: must be from 0 to 24h'])
  expect((await messages({ payload: 'x'.repeat(300_000) }))[1]).toStartWith('payload: has 300002 bytes')
  expect((await messages({ name: 'a/b' }))[1]).toStartWith('name: ')
  expect((await messages({ corn: '* * * * *' }))[0]).toBe(422)
  world.jobs.refuseWith(
    new AppError('VALIDATION_ERROR', 'It is not valid.', {
      details: [{ field: 'to', code: 'required', message: 'is required' }],
    }),
  )
  expect(await messages({})).toEqual([422, 'is required'])
  expect((await world.send('GET', PATH)).body.schedules).toEqual([])
})

test('making one leaves no job, and a full queue is no reason not to', async () => {
  world.jobs.refuseWith(new AppError('QUEUE_FULL', 'Too many jobs wait.'))
  await world.create({ name: 'a', cron: '0 8 * * *' })
  world.jobs.refuseWith(null)
  await world.create({ name: 'b', cron: '0 8 * * *' })
  expect(world.keys()).toEqual([])
  expect((await create({ name: 'a', function: 'digest', cron: '0 9 * * *' })).status).toBe(409)
})

test('run makes a job now, also of one that is paused, and moves nothing on', async () => {
  await world.create({ name: 'a', cron: '0 8 * * *', payload: { n: 1 } })
  await world.send('POST', `${PATH}/a/pause`)
  const { status, body } = await world.send('POST', `${PATH}/a/run`)
  expect(status).toBe(202)
  const [job] = world.jobs.all()
  expect(job).toMatchObject({ id: body.job, name: 'digest', payload: { n: 1 }, actor: null })
  const { last, next_at } = (await world.send('GET', `${PATH}/a`)).body
  expect(last).toMatchObject({ outcome: 'queued', cause: 'manual', job: { id: body.job, state: 'done' } })
  expect(next_at).toBe('2026-06-01T08:00:00.000Z')
})

test('the next times, in pages the schedules and what came of them', async () => {
  await world.create({ name: 'a', cron: '30 2 * * *', timezone: 'Europe/Berlin' })
  expect((await world.send('GET', `${PATH}/a/next?count=2`)).body).toEqual({
    timezone: 'Europe/Berlin',
    next: ['2026-06-02T00:30:00.000Z', '2026-06-03T00:30:00.000Z'],
  })
  expect((await world.send('GET', `${PATH}/a/next?count=0`)).status).toBe(400)
  for (const name of ['b', 'c']) await world.create({ name, cron: '0 * * * *', function: 'other' })
  const first = (await world.send('GET', `${PATH}?limit=2`)).body
  expect(first.schedules.map(({ name }: { name: string }) => name)).toEqual(['a', 'b'])
  const second = (await world.send('GET', `${PATH}?limit=2&cursor=${first.next_cursor}`)).body
  expect(second).toMatchObject({ schedules: [{ name: 'c' }], next_cursor: null })
  expect((await world.send('GET', `${PATH}?function=digest`)).body.schedules).toMatchObject([{ name: 'a' }])
  await world.pass(0)
  for (let i = 0; i < 3; i++) await world.pass(HOUR)
  const page = (await world.send('GET', `${PATH}/b/firings?limit=2`)).body
  expect(page.firings.map(({ due_at }: { due_at: string }) => due_at.slice(11, 16))).toEqual(['10:00', '09:00'])
  const rest = (await world.send('GET', `${PATH}/b/firings?limit=2&cursor=${page.next_cursor}`)).body
  expect(rest).toMatchObject({ firings: [{ outcome: 'queued' }], next_cursor: null })
})

test('viewers read and write nothing; a service key takes the scope admin', async () => {
  await world.create({ name: 'a', cron: '0 8 * * *' })
  const key = (scope: 'admin' | 'data:read' | 'data:write' | 'functions:invoke'): Actor => ({
    ...{ kind: 'service_key', id: 'k', scopes: [{ scope }] },
  })
  const writes = [
    ['POST', PATH, { name: 'b', function: 'digest', cron: '0 8 * * *' }],
    ['PATCH', `${PATH}/a`, { cron: '0 9 * * *' }],
    ['DELETE', `${PATH}/a`, undefined],
    ['POST', `${PATH}/a/pause`, undefined],
    ['POST', `${PATH}/a/resume`, undefined],
    ['POST', `${PATH}/a/run`, undefined],
  ] as const
  for (const actor of [VIEWER, key('data:read'), key('data:write'), key('functions:invoke')]) {
    for (const [method, path, body] of writes)
      expect((await world.send(method, path, { actor, ...(body && { body }) })).status).toBe(403)
  }
  expect((await world.send('GET', PATH, { actor: VIEWER })).status).toBe(200)
  expect((await world.send('POST', `${PATH}/a/pause`, { actor: key('admin') })).status).toBe(200)
  expect(world.keys()).toEqual([])
})
