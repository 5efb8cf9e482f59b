import { expect, setDefaultTimeout, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { createApi, createKey, expectStatus, until, useProjects } from '@koyalite/testkit'
import { SCHEMA, ticksOf } from './ticking'

setDefaultTimeout(120_000)

const { create, serve } = useProjects({ schema: SCHEMA })

const scheduled = (schedule: string) => `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { admin: true, schedule: ${schedule} },
  async handler(_, ctx) {
    await ctx.admin.db.collection('ticks').create({ key: ctx.job?.key ?? '' })
  },
})
`

test('N2, M1 schedules of manifests are what they were after a restart: paused, or due', async () => {
  const project = create({
    files: {
      'functions/a.ts': scheduled(`'0 0 1 1 *'`),
      'functions/b.ts': scheduled(`{ cron: '* * * * * *', timezone: 'Asia/Kolkata' }`),
      'functions/c.ts': scheduled(`'0 0 1 1 *'`),
    },
  })
  let server = await serve(project)
  const key = await createKey(project)
  const api = () => createApi(server.url, key)
  const list = async () => expectStatus(await api().get('/api/admin/schedules'), 200).body.schedules
  await until(async () => (await list()).length === 3)
  await until(async () => (await ticksOf(api(), 'b')).length > 0)
  for (const name of ['a', 'b']) expectStatus(await api().post(`/api/admin/schedules/${name}/pause`, {}), 200)
  const before = await list()
  await server.kill('SIGTERM')
  server = await serve(project)
  expect(await list()).toMatchObject([
    { name: 'a', source: 'function', state: 'paused', created_at: before[0].created_at },
    { name: 'b', state: 'paused', next_at: before[1].next_at },
    { name: 'c', state: 'active', created_at: before[2].created_at },
  ])
  // What was due since it was paused was missed: the last of it runs, whoever loads its function meanwhile.
  const had = new Set(await ticksOf(api(), 'b'))
  await server.kill('SIGKILL')
  // A second file of its name: the function cannot be loaded, and what is known of its schedule stays.
  project.write('functions/a.js', 'export default 1')
  rmSync(project.path('functions/c.ts'))
  server = await serve(project)
  await until(async () => (await list()).every(({ name }: { name: string }) => name !== 'c'))
  expect(await list()).toMatchObject([
    { name: 'a', state: 'paused', created_at: before[0].created_at },
    { name: 'b', state: 'paused' },
  ])
  expectStatus(await api().post('/api/admin/schedules/b/resume', {}), 200)
  await until(async () => (await ticksOf(api(), 'b')).some((one) => !had.has(one)))
  const { firings } = expectStatus(await api().get('/api/admin/schedules/b/firings'), 200).body
  expect(firings.map(({ outcome }: { outcome: string }) => outcome)).not.toContain('failed')
})
