import type { ProjectEvent } from '@koyalite/contracts'
import { createOutbound, NO_LOG } from '@koyalite/kernel'
import { parseSchema } from '@koyalite/schema'
import { type Database, openDatabase } from '@koyalite/sqlite'
import { Sender } from '../delivery/sender'
import { takeEvent } from '../delivery/take-event'
import type { DisabledReason } from '../endpoints/endpoint'
import { createEndpointSet } from '../endpoints/endpoint-set'
import { newSecret } from '../signing/webhook-secret'
import { disableEndpoint, insertEndpoint } from '../store/endpoint-rows'
import { WEBHOOK_TABLES } from '../store/webhook-tables'

const SCHEMA = `version: 1
collections:
  posts:
    fields: { id: { type: int, primary: true, default: auto }, title: { type: string } }
`

export interface SenderWorld {
  readonly database: Database
  readonly sender: Sender
  readonly clock: { now: number }
  /** Endpoints that were disabled, and why. */
  readonly disabled: readonly (readonly [string, DisabledReason])[]
  /** Makes an endpoint of the admin API. */
  endpoint(name: string, url: string, options?: { readonly order: 'document' | 'none' }): Promise<void>
  /** An event of a post for an endpoint, as events deliver it. @param options `n`: which event it is */
  post(endpoint: string, key: number, options?: { readonly n?: number; readonly title?: string }): Promise<void>
  close(): Promise<void>
}

export interface SenderWorldOptions {
  readonly timeoutMs?: number
  readonly maxWaiting?: number
}

/** What sends, over a database in memory and with a clock that tests move. */
export async function openSenderWorld({
  timeoutMs = 10_000,
  maxWaiting = 100_000,
}: SenderWorldOptions = {}): Promise<SenderWorld> {
  const database = await openDatabase({ path: ':memory:' })
  await database.migrate((tx) => {
    for (const text of WEBHOOK_TABLES.steps.flat()) tx.exec(text)
  })
  const parsed = parseSchema(SCHEMA, { file: 'schema.yaml' })
  if (!parsed.ok) throw new Error('the schema of this test is wrong')
  const schema = () => parsed.schema
  const clock = { now: Date.parse('2026-01-01T00:00:00Z') }
  const now = () => clock.now
  const secret = newSecret()
  const disabled: [string, DisabledReason][] = []
  const endpoints = createEndpointSet({ database, schema, settings: () => [] })
  const sender = new Sender({
    ...{ database, endpoints, now, timeoutMs, log: NO_LOG, random: () => 0.5 },
    outbound: createOutbound(() => ({ allow: ['127.0.0.1'], allowsLoopback: false })),
    secretsOf: () => [secret],
    disable(tx, name, reason) {
      if (disableEndpoint(tx, name, { reason, at: now() })) disabled.push([name, reason])
    },
    onAttempt() {},
    onChange() {},
  })
  const wake = (name: string) => sender.wake(name)
  const context = { endpoints, schema, now, wake, log: NO_LOG, maxWaiting: () => maxWaiting }
  let last = 0
  return {
    ...{ database, sender, clock, disabled },
    async endpoint(name, url, { order } = { order: 'document' }) {
      const config = { events: ['posts.*'], url, when: null, fields: null, order, payload: 'full' } as const
      await database.write((tx) => insertEndpoint(tx, { name, config, secrets: [], createdAt: clock.now }))
    },
    async post(endpoint, key, { n = ++last, title = 'A' } = {}) {
      const event: ProjectEvent = {
        ...{ id: `e-${n}`, type: 'posts.updated', seq: `e.${n}`, at: new Date(clock.now).toISOString() },
        ...{ data: null, chain: null },
        change: {
          collection: 'posts',
          key,
          doc: { id: key, title },
          old: { id: key, title: '' },
          function: null,
          cause: null,
        },
      }
      await database.write((tx) => takeEvent(tx, endpoint, { event, context }))
    },
    async close() {
      await sender.close()
      await database.close()
    },
  }
}
