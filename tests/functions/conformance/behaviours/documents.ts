import { expect } from 'bun:test'
import { expectError, expectStatus } from '@koyalite/testkit'
import { call, outcome, probe, someUser, type World } from '../world'
import type { Behaviour } from './behaviour'

/** What code asks the server for. */
export const DOCUMENTS: readonly Behaviour[] = [
  {
    name: 'knows who calls',
    differs: null,
    async run(world) {
      expect(await outcome(world, 'auth')).toEqual({ auth: null, header: null })
      const user = await someUser(world)
      const known = expectStatus(
        await user.post('/api/functions/probe', { do: 'auth' }, { 'x-custom': 'given', 'koyalite-as': 'x' }),
        200,
      )
      expect(known.body).toMatchObject({ auth: { kind: 'user', email: user.email }, header: 'given' })
      expect((await outcome(world, 'auth', {}, world.server.api)).auth).toMatchObject({ kind: 'service' })
    },
  },
  {
    name: 'reads and writes documents',
    differs: 'the way back to the server',
    async run(world) {
      const user = await someUser(world)
      expect(await outcome(world, 'documents', {}, user)).toEqual(['made', 'changed', 1, 'NOT_FOUND'])
    },
  },
  {
    name: 'has the rights of its caller, and passes on what they are refused with',
    differs: null,
    async run(world) {
      const [ada, bob] = [await someUser(world), await someUser(world)]
      expect(await outcome(world, 'create', { title: 'of ada' }, ada)).toMatchObject({ title: 'of ada' })
      expect(await outcome(world, 'titles', {}, ada)).toEqual(['of ada'])
      expect(await outcome(world, 'titles', {}, bob)).toEqual([])
      expectError(await probe(world, 'create', { title: 'of nobody' }), 'UNAUTHENTICATED')
      const refused = await probe(world, 'create', { title: 'x'.repeat(21) }, ada)
      expectError(refused, 'VALIDATION_ERROR')
      expect(refused.body.error.details).toMatchObject([{ field: 'title' }])
    },
  },
  {
    name: 'has the rights of the server where its manifest says so, audited',
    differs: null,
    async run(world) {
      await outcome(world, 'create', { title: 'seen by chief' }, await someUser(world))
      const { titles } = expectStatus(await call(world, 'chief'), 200).body
      expect(titles).toContain('seen by chief')
      const { entries } = (await world.server.api.get('/api/admin/audit?event=function.admin_request')).body
      expect(entries[0]).toMatchObject({ actor: { kind: 'system', name: 'chief' } })
      expectError(await probe(world, 'admin'), 'FUNCTION_ERROR')
    },
  },
  {
    name: 'calls functions of its manifest, no others, and passes on their errors',
    differs: null,
    async run(world) {
      expect(await outcome(world, 'call', { name: 'greet', input: { name: 'bob' } })).toEqual({ said: 'Hello bob' })
      const refused = expectStatus(await probe(world, 'call', { name: 'greet', input: { name: 'nobody' } }), 409)
      expect(refused.body.error.code).toBe('NO_SUCH_NAME')
      expectError(await probe(world, 'call', { name: 'chief', input: {} }), 'FUNCTION_ERROR')
    },
  },
  {
    name: 'a transaction is done as a whole, or not at all',
    differs: null,
    async run(world) {
      const counter = await someCounter(world)
      for (const mode of ['optimistic', 'exclusive']) {
        const before = await counter.value()
        expect(await outcome(world, 'increment', { id: counter.id, mode })).toBe(before + 1)
        const failed = await probe(world, 'increment', { id: counter.id, mode, fails: true })
        expect([failed.status, failed.body.error.code]).toEqual([400, 'NOT_TODAY'])
        expect(await counter.value()).toBe(before + 1)
      }
      expect((await probe(world, 'inside')).body.error.code).toBe('TRANSACTION_OPEN')
    },
  },
  {
    name: 'transactions that are in each other’s way all come to an end',
    differs: null,
    async run(world) {
      const counter = await someCounter(world)
      const calls = Array.from({ length: 10 }, () =>
        outcome(world, 'increment', { id: counter.id, mode: 'optimistic' }),
      )
      expect((await Promise.all(calls)).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
      expect(await counter.value()).toBe(10)
    },
  },
]

async function someCounter({ server }: World) {
  const id = crypto.randomUUID()
  expectStatus(await server.anonymous.post('/api/collections/counters', { id }), 201)
  const value = async (): Promise<number> => (await server.anonymous.get(`/api/collections/counters/${id}`)).body.value
  return { id, value }
}
