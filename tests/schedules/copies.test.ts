import { expect, setDefaultTimeout, test } from 'bun:test'
import { cpSync, mkdirSync } from 'node:fs'
import { createApi, createKey, expectStatus, runKoyalite, useProjects } from '@koyalite/testkit'
import { settledFunction } from '../functions/settled-function'
import { FILES, SCHEMA } from './ticking'

setDefaultTimeout(120_000)

const { create, serve } = useProjects({ schema: SCHEMA, files: FILES })

test('P2 in a copy of a project schedules are paused until somebody resumes them', async () => {
  const original = create()
  const server = await serve(original)
  const api = createApi(server.url, await createKey(original))
  await settledFunction({ api }, 'tick')
  const body = { name: 'yearly', function: 'tick', cron: '0 0 1 1 *' }
  expectStatus(await api.post('/api/admin/schedules', body), 201)
  await server.kill('SIGTERM')
  const copy = create()
  mkdirSync(copy.path('data'), { recursive: true })
  cpSync(original.path('data/koyalite.db'), copy.path('data/koyalite.db'))
  const copied = await serve(copy)
  await copied.said('Paused: 1 schedules')
  const own = createApi(copied.url, await createKey(copy))
  const schedule = async () => (await own.get('/api/admin/schedules/yearly')).body
  expect(await schedule()).toMatchObject({ state: 'paused', paused: { reason: 'copy' } })
  const { stdout } = await runKoyalite(['doctor', '--dir', copy.dir])
  expect(stdout).toContain('1 schedule is paused, because this database is a copy of another project')
  expectStatus(await own.post('/api/admin/schedules/yearly/resume', {}), 200)
  expect(await schedule()).toMatchObject({ state: 'active', paused: null })
})
