import { expect } from 'bun:test'
import type { Instance } from './start-instance'

/** What each host does with events: of a function that is written in each language, and does what `do` of its input, or of the data of its event, says. */
export interface EventBehaviour {
  readonly name: string
  run(instance: Instance): Promise<void>
}

const EVENT = {
  ...{ id: 'e-1', type: 'orders.paid', seq: null, at: '2026-01-31T08:00:00.000Z', collection: null, key: null },
  ...{ doc: null, old: null, truncated: false },
  cause: { id: 'e-2', type: 'shops.deleted', collection: 'shops', key: 3 },
}

export const EVENT_BEHAVIOURS: readonly EventBehaviour[] = [
  {
    name: 'the event of a call, and that other calls have none',
    async run({ call }) {
      const event = { ...EVENT, data: { do: 'event' } }
      expect((await call(event, { event: true })).body).toEqual(event)
      expect((await call({ do: 'event' })).body).toBeUndefined()
    },
  },
  {
    name: 'publish',
    async run({ call, server }) {
      expect((await call({ do: 'publish' })).status).toBe(204)
      expect(server.transactions.published).toEqual([{ type: 'orders.paid', data: { id: 1 } }])
      expect(server.requests.map(({ line }) => line)).toContain('POST /internal/v1/events')
    },
  },
  {
    name: 'in a transaction: with its commit, or not at all',
    async run({ call, server }) {
      expect(await call({ do: 'rolled back' })).toMatchObject({ failure: 'error', body: { code: 'NO' } })
      expect(server.transactions.published).toEqual([])
      server.transactions.conflicts = 1
      expect((await call({ do: 'in a transaction' })).status).toBe(204)
      expect(server.transactions.published).toEqual([{ type: 'orders.paid', data: { id: 1 } }])
    },
  },
  {
    name: 'while a transaction is open, nothing but it publishes',
    async run({ call, server }) {
      expect((await call({ do: 'open' })).body).toBe('TRANSACTION_OPEN')
      expect(server.transactions.published).toEqual([])
    },
  },
]
