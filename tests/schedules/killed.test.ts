import { expect, setDefaultTimeout, test } from 'bun:test'
import { type Api, createApi, createKey, expectStatus, until, useProjects } from '@koyalite/testkit'
import { settledFunction } from '../functions/settled-function'
import { FILES, type FiringBody, firingsOf, SCHEMA, ticksOf } from './ticking'

setDefaultTimeout(300_000)

/** KOYALITE_KILL_ROUNDS makes it longer. */
const ROUNDS = Number(process.env.KOYALITE_KILL_ROUNDS ?? 3)
const SECOND_MS = 1_000
/** `jobs.concurrency`: so many runs can one kill take. */
const AT_ONCE = 10

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
  const jobs = new Map<string, FiringBody['job']>()
  const look = async () => {
    for (const { outcome, due_at, count, job } of await firingsOf(api(), 'seconds')) {
      expect(['queued', 'missed']).toContain(outcome)
      // The history is cut at 50 entries: what was seen of one stays.
      seen.set(due_at, count)
      if (outcome === 'queued') jobs.set(`seconds@${due_at}`, job)
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
  // A run that a kill took with it is not repeated once the next firing is due (F1).
  const lost = new Set<string>()
  await until(async () => {
    const ticks = new Set(await ticksOf(api(), 'seconds'))
    for (const [key, job] of jobs) if (!ticks.has(key) && (await wasLost(api(), job))) lost.add(key)
    return [...jobs.keys()].every((key) => ticks.has(key) || lost.has(key))
  })
  expect(lost.size).toBeLessThanOrEqual(ROUNDS * AT_ONCE)
  const ticks = await ticksOf(api(), 'seconds')
  expect(new Set([...ticks, ...lost])).toEqual(new Set(jobs.keys()))
})

async function wasLost(api: Api, job: FiringBody['job']): Promise<boolean> {
  const { state, error } = expectStatus(await api.get(`/api/admin/jobs/${job?.id}`), 200).body
  return state === 'dead' && error?.code === 'WORKER_LOST'
}
