import { afterEach, expect, test } from 'bun:test'
import type { Job } from './job'
import { runJob } from './run-job'

const HELD_MS = 200
const server = { stop: () => {} }
afterEach(() => server.stop())

/** A server that delays its first response and sends all others immediately. */
function holdFirst(): number {
  let isFirst = true
  const running = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch() {
      if (isFirst) {
        isFirst = false
        await Bun.sleep(HELD_MS)
      }
      return new Response('m1')
    },
  })
  server.stop = () => void running.stop(true)
  return running.port ?? 0
}

const job = (port: number, pace: Job['pace']): Job => ({
  wire: 'floor',
  collection: 'announcements',
  port,
  operation: 'read',
  pace,
  warmUpSeconds: 0,
  seconds: 0.2,
  requests: 100,
  authors: ['a'],
  tokens: [],
  rooms: ['r'],
  messages: ['m1'],
  batchSize: 1,
})

test('in an open loop those that become due while the server hangs have waited, too', async () => {
  const result = await runJob(job(holdFirst(), { kind: 'open', perSecond: 1_000, connections: 1 }))
  expect(result.failures).toEqual({})
  expect(result.requests).toBe(100)
  // The last of the hundred was due after 99 ms, and could be sent after 200: none has waited less than the difference.
  expect(result.latency.p50).toBeGreaterThan(HELD_MS - 100)
  expect(result.latency.max).toBeGreaterThan(HELD_MS - 1)
})

test('a rate is kept, or it is not', async () => {
  const slow = await runJob(job(holdFirst(), { kind: 'open', perSecond: 1_000, connections: 1 }))
  expect(slow.kept).toBe(false)
  const closed = await runJob({ ...job(holdFirst(), { kind: 'closed', connections: 2 }), requests: 10 })
  expect(closed.kept).toBeUndefined()
  expect(closed.requests).toBe(10)
})
