import { expect } from 'bun:test'
import { type Api, expectError, expectStatus, until } from '@koyalite/testkit'
import { outcome, probe, someUser, type World } from '../world'
import type { Behaviour } from './behaviour'

/** `probe` pushes, and `worker` runs. */
export const JOBS: readonly Behaviour[] = [
  {
    name: 'a job runs as who pushed it',
    differs: null,
    async run(world) {
      const user = await someUser(world)
      const key = crypto.randomUUID()
      const pushed = await outcome(world, 'push', { name: 'worker', payload: { do: 'seen' }, key }, user)
      expect(pushed).toEqual({ id: expect.any(String), created: true })
      const { body } = await user.get(`/api/jobs/${(await over(world, pushed.id)).id}`)
      expect(body).toMatchObject({ state: 'done', result: { auth: user.email, attempt: 1, key } })
    },
  },
  {
    name: 'what a job throws says what comes next',
    differs: null,
    async run(world) {
      expect(await ran(world, 'retry')).toMatchObject({ state: 'done', attempt: 2, result: 2 })
      expect(await ran(world, 'throw')).toMatchObject({ state: 'dead', attempt: 3, error: { code: 'FUNCTION_ERROR' } })
      expect(await ran(world, 'refuse')).toMatchObject({ state: 'dead', attempt: 1, error: { code: 'CLOSED' } })
      expect(await ran(world, 'abort')).toMatchObject({
        ...{ state: 'dead', attempt: 1, progress: 0.4 },
        error: { message: expect.stringContaining('of no use') },
      })
    },
  },
  {
    name: 'a transaction completes the job that it is of',
    differs: null,
    async run(world) {
      const user = await someUser(world)
      const job = await ran(world, 'complete', { title: 'completed' }, user)
      expect(job).toMatchObject({ state: 'done', attempt: 1, errors: 0 })
      expect(await outcome(world, 'titles', {}, user)).toEqual(['completed'])
    },
  },
  {
    name: 'a job that is pushed in a transaction is there with it, or not at all',
    differs: null,
    async run(world) {
      const key = crypto.randomUUID()
      const push = { name: 'worker', payload: { do: 'seen' }, key, inside: true }
      const user = await someUser(world)
      const failed = await probe(world, 'push', { ...push, fails: true }, user)
      expect([failed.status, failed.body.error.code]).toEqual([400, 'NOT_TODAY'])
      expect(await outcome(world, 'push', push, user)).toMatchObject({ created: true })
    },
  },
  {
    name: 'pushes what its manifest names, and what the input allows',
    differs: null,
    async run(world) {
      expectError(await probe(world, 'push', { name: 'greet', payload: { name: 'bob' } }), 'FUNCTION_ERROR')
      expectError(await probe(world, 'push', { name: 'worker', payload: { do: 1 } }), 'VALIDATION_ERROR')
    },
  },
]

/** What a job of `worker` has come to. */
async function ran(world: World, action: string, more: object = {}, api?: Api) {
  const { id } = await outcome(world, 'push', { name: 'worker', payload: { do: action, ...more } }, api)
  return over(world, id)
}

async function over({ server }: World, id: string) {
  let job: { readonly state: string; readonly id: string } | undefined
  await until(
    async () => {
      job = expectStatus(await server.api.get(`/api/admin/jobs/${id}`), 200).body
      return job !== undefined && ['done', 'dead'].includes(job.state)
    },
    { withinMs: 20_000 },
  )
  return job as NonNullable<typeof job>
}
