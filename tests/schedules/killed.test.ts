import { expect, setDefaultTimeout, test } from 'bun:test'
import { createApi, createKey, expectStatus, until, useProjects } from '@koyalite/testkit'
import { settledFunction } from '../functions/settled-function'
import { FILES, firingsOf, SCHEMA, ticksOf } from './ticking'

setDefaultTimeout(300_000)

/** KOYALITE_KILL_ROUNDS makes it longer. */
const ROUNDS = Number(process.env.KOYALITE_KILL_ROUNDS ?? 3)
const SECOND_MS = 1_000

const { create, serve } = useProjects({ schema: SCHEMA, files: FILES })

test('F2, M3 over kill -9 no firing is lost and none has two jobs', async () => {
  const project = create()
  let server = await serve(project)
  const key = await createKey(project)
  const api = () => createApi(server.url, key)
  await settledFunction({ api: api() }, 'tick')
  const body = { name: 'seconds', function: 'tick', cron: '* * * * * *', overlap: 'allow' }
  expectStatus(await api().post('/api/admin/schedules', body), 201)
  const seen = new Map<string, number>()
  const keys = new Set<string>()
  const look = async () => {
    for (const { outcome, due_at, count } of await firingsOf(api(), 'seconds')) {
      expect(['queued', 'missed']).toContain(outcome)
      // The history is cut at 50 entries: what was seen of one stays.
      seen.set(due_at, count)
      if (outcome === 'queued') keys.add(`seconds@${due_at}`)
    }
  }
  for (let round = 0; round < ROUNDS; round++) {
    const before = seen.size
    await until(async () => {
      await look()
      return seen.size >= before + 2
    })
    await server.kill('SIGKILL')
    server = await serve(project)
    await look()
  }
  expectStatus(await api().post('/api/admin/schedules/seconds/pause', {}), 200)
  await look()
  // Each second from the first firing on is in exactly one entry.
  const due = [...seen].map(([at, count]) => ({ at: Date.parse(at), count })).sort((a, b) => a.at - b.at)
  for (const [i, { at, count }] of due.slice(0, -1).entries()) expect(due[i + 1]?.at).toBe(at + count * SECOND_MS)
  await until(async () => {
    const ticks = new Set(await ticksOf(api(), 'seconds'))
    return [...keys].every((one) => ticks.has(one))
  })
  expect(new Set(await ticksOf(api(), 'seconds'))).toEqual(keys)
})
