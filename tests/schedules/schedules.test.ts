import { expect, test } from 'bun:test'
import { expectError, expectStatus, runKoyalite, until, useServer } from '@koyalite/testkit'
import { settledFunction } from '../functions/settled-function'
import { FILES, firingsOf, SCHEMA, ticksOf } from './ticking'

const server = useServer({ schema: SCHEMA, files: FILES })
const PATH = '/api/admin/schedules'

const ready = () => settledFunction(server, 'tick')
const create = async (body: object) => {
  await ready()
  return server.api.post(PATH, { function: 'tick', ...body })
}
const remove = async (name: string) => expectStatus(await server.api.delete(`${PATH}/${name}`), 204)

test('a function runs by itself: each firing is one job without a caller', async () => {
  expectStatus(await create({ name: 'seconds', cron: '* * * * * *', payload: { note: 'by itself' } }), 201)
  await until(async () => (await ticksOf(server.api, 'seconds')).length >= 3)
  await remove('seconds')
  const ticks = await ticksOf(server.api, 'seconds')
  expect(new Set(ticks).size).toBe(ticks.length)
  expect(ticks.every((key) => /^seconds@\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/.test(key))).toBe(true)
})

test('a firing is skipped while the job before is not done', async () => {
  await settledFunction(server, 'slow')
  expectStatus(await create({ name: 'slowly', function: 'slow', cron: '* * * * * *' }), 201)
  await until(
    async () => (await firingsOf(server.api, 'slowly')).filter(({ outcome }) => outcome === 'skipped').length >= 2,
  )
  const [first, second] = await firingsOf(server.api, 'slowly')
  expect([first?.outcome, second?.outcome]).toEqual(['queued', 'skipped'])
  expect(first?.job?.state).toBe('running')
  expectStatus(await server.api.post('/api/collections/ticks', { key: 'go' }), 201)
  await until(
    async () => (await firingsOf(server.api, 'slowly')).filter(({ outcome }) => outcome === 'queued').length >= 2,
  )
  await remove('slowly')
})

test('what is no function, and what it does not take, is refused when the schedule is made', async () => {
  expectError(await create({ name: 'a', function: 'nothing', cron: '* * * * *' }), 'VALIDATION_ERROR')
  expectError(await create({ name: 'a', cron: '* * * * *', payload: { note: 1 } }), 'VALIDATION_ERROR')
  expectError(await server.anonymous.get(PATH), 'UNAUTHENTICATED')
  expect((await server.api.get(PATH)).body.schedules).toEqual([])
})

test('the command line makes, shows, pauses, resumes, runs and deletes them', async () => {
  await ready()
  const run = async (...args: readonly string[]) => {
    const { stdout, stderr, code } = await runKoyalite(['schedules', ...args, '--dir', server.project.dir])
    return code === 0 ? stdout : `${code}: ${stderr}`
  }
  const json = async (...args: readonly string[]) => JSON.parse(await run(...args, '--json'))
  expect(await json('list')).toEqual({ schedules: [] })
  expect(
    await run('create', 'daily', 'tick', '30 2 * * *', '--timezone', 'Europe/Berlin', '--payload', '{"note":"hello"}'),
  ).toMatch(/^daily runs tick next at \d{4}-\d\d-\d\d 02:30:00 \+0[12]:00\.\n$/)
  expect(await run('list')).toMatch(/daily +tick +30 2 \* \* \* +Europe\/Berlin +\d{4}.* +active/)
  expect(await run('pause', 'daily')).toBe('daily is paused.\n')
  expect((await json('list', '--function', 'tick')).schedules).toMatchObject([{ name: 'daily', state: 'paused' }])
  const { job } = await json('run', 'daily')
  await until(async () => (await ticksOf(server.api, 'daily')).length === 1)
  expect((await json('show', 'daily')).firings).toMatchObject([
    { outcome: 'queued', cause: 'manual', job: { id: job } },
  ])
  expect(await run('resume', 'daily')).toStartWith('daily is resumed; it was or is due at ')
  expect(await run('show', 'daily')).toContain('runs tick at 30 2 * * * (Europe/Berlin), made by hand')
  expect(await run('create', 'x', 'tick', '0 25 * * *')).toContain("the hour '25' is not valid (0-23)")
  expect(await run('create', 'x', 'tick', '0 2 * * *', '--payload', '{')).toStartWith('2: ')
  expect(await json('delete', 'daily')).toEqual({ name: 'daily', deleted: true })
  expect(await run('show', 'daily')).toContain("There is no schedule 'daily'.")
})
