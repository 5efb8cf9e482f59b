import { describe, expect, test } from 'bun:test'
import { JOB_BEHAVIOURS } from '../testing/job-behaviours'
import { JOB_FUNCTION } from '../testing/job-function'
import { useInstances } from '../testing/use-instances'

describe.each(['bun', 'node'] as const)('jobs, in %s', (engine) => {
  const { start } = useInstances(engine)
  for (const { name, run } of JOB_BEHAVIOURS) {
    test.skipIf(Bun.which('node') === null && engine === 'node')(name, async () => run(await start(JOB_FUNCTION)))
  }
})

const { start } = useInstances()

test('a push that nobody awaits is part of its transaction', async () => {
  const { call, server } = await start(JOB_FUNCTION)
  expect(await call({ do: 'unawaited' })).toMatchObject({ failure: 'passed', body: { code: 'QUEUE_FULL' } })
  expect(server.jobs.pushed).toEqual([])
})

test('faults of the code are named', async () => {
  const { call, server } = await start(JOB_FUNCTION)
  expect(await call({ do: 'misspelled' })).toMatchObject({
    failure: 'thrown',
    body: { name: 'TypeError', message: expect.stringContaining(`'dealy' is not an option of a job`) },
  })
  expect(server.jobs.pushed).toEqual([])
  expect(await call({ do: 'retry never' }, { job: { id: 'j', attempt: 1, key: null } })).toMatchObject({
    failure: 'thrown',
    body: { name: 'TypeError', message: expect.stringContaining('30s, 10m or 24h, not "soon"') },
  })
})

test('the signal of a job is that of its call', async () => {
  const { call } = await start(JOB_FUNCTION)
  expect((await call({ do: 'signal' }, { job: { id: 'j', attempt: 1, key: null } })).body).toBe(true)
})
