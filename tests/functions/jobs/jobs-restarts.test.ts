import { expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { expectStatus, until, useServer } from '@koyalite/testkit'
import { FILES, SCHEMA } from './project'

const settings = (grace: string) => `jobs: { concurrency: 8, shutdown_grace: ${grace} }\n`
const server = useServer({
  schema: SCHEMA,
  files: {
    'functions/push.ts': FILES['functions/push.ts'],
    'functions/work.ts': FILES['functions/work.ts'],
    'functions/plain.ts': FILES['functions/plain.ts'],
  },
  settings: settings('20s'),
})

interface JobView {
  readonly id: string
  readonly state: string
  readonly attempt: number
  readonly why: string | null
  readonly error: { readonly code: string } | null
}

async function push(name: string, payloads: readonly object[]): Promise<readonly string[]> {
  const { body } = expectStatus(await server.anonymous.post('/api/functions/push', { name, many: payloads }), 200)
  return (body as readonly { readonly id: string }[]).map(({ id }) => id)
}

const jobOf = async (id: string): Promise<JobView> =>
  expectStatus(await server.api.get(`/api/admin/jobs/${id}`), 200).body
const over = (id: string) =>
  until(async () => {
    const job = await jobOf(id)
    return ['done', 'dead', 'cancelled'].includes(job.state) ? job : undefined
  })
const notes = async (title: string): Promise<number> =>
  (await server.api.get(`/api/collections/notes?filter=title:eq:${encodeURIComponent(title)}&limit=100`)).body.docs
    .length
const repeated = (count: number, payload: object) => Array.from({ length: count }, () => payload)
const states = async (ids: readonly string[]) => (await Promise.all(ids.map(jobOf))).map(({ state }) => state)

test('9a a stop waits for what runs; what waits runs after the next start', async () => {
  const ids = await push('work', repeated(20, { do: 'wait', title: 'patient', ms: 400 }))
  await until(async () => (await states(ids)).some((state) => state !== 'waiting'))
  await server.restart('SIGTERM')
  for (const id of ids) expect(await over(id)).toMatchObject({ state: 'done', attempt: 1 })
  expect(await notes('patient')).toBe(20)
})

test('9b what a stop interrupts runs again, and that is no attempt', async () => {
  server.project.write('koyalite.yaml', settings('50ms'))
  await server.restart()
  const ids = await push('work', repeated(4, { do: 'gate', title: 'stopped' }))
  await until(async () => (await notes('stopped begun')) === 4)
  await server.restart('SIGTERM')
  await until(async () => (await notes('stopped begun')) === 8)
  expectStatus(await server.api.post('/api/collections/notes', { title: 'stopped open' }), 201)
  for (const id of ids) expect(await over(id)).toMatchObject({ state: 'done', attempt: 1 })
  expect(await notes('stopped')).toBe(4)
})

test('what the server took with it runs again, unless it was completed', async () => {
  const [completed = '', lost = ''] = await push('work', [
    { do: 'complete', title: 'effects', ms: 600_000 },
    { do: 'gate', title: 'lost' },
  ])
  await until(async () => (await notes('lost begun')) === 1 && (await notes('effects')) === 1)
  await server.restart('SIGKILL')
  expect(await over(completed)).toMatchObject({ state: 'done', attempt: 1 })
  expectStatus(await server.api.post('/api/collections/notes', { title: 'lost open' }), 201)
  expect(await over(lost)).toMatchObject({ state: 'done', attempt: 2 })
  await until(async () => (await notes('effects after')) === 1)
  expect(await notes('effects')).toBe(1)
  expect(await notes('lost')).toBe(1)
})

test('9c payloads that no longer fit are final, and jobs of a function that is gone wait for it', async () => {
  const options = { delay: '1h' }
  const [late = '', ...others] = await push('work', [{ payload: { do: 'note', title: 'late' }, ...options }])
  const [orphan = ''] = await push('plain', [{ payload: {}, ...options }])
  expect(others).toEqual([])
  const work = FILES['functions/work.ts']
  server.project.write(
    'functions/work.ts',
    work.replace("title: { type: 'string', maxLength: 40", "title: { type: 'int'"),
  )
  rmSync(server.project.path('functions/plain.ts'))
  await server.restart()
  expectStatus(await server.api.post(`/api/admin/jobs/${late}/retry`, {}), 200)
  expect(await over(late)).toMatchObject({ state: 'dead', attempt: 1, error: { code: 'VALIDATION_ERROR' } })
  expectStatus(await server.api.post(`/api/admin/jobs/${orphan}/retry`, {}), 200)
  await until(async () => (await jobOf(orphan)).why === "No function runs jobs named 'plain' at the moment.")
  server.project.write('functions/plain.ts', FILES['functions/plain.ts'])
  server.project.write('functions/work.ts', work)
  await server.restart()
  expect(await over(orphan)).toMatchObject({ state: 'done', attempt: 1 })
})
