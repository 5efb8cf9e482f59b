import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { CRASHED, FAILED, JobsBench } from './testing/use-jobs'

let bench: JobsBench
beforeEach(async () => {
  bench = new JobsBench()
  await bench.open()
  bench.hold('send')
})
afterEach(() => bench.close())

describe('a job', () => {
  test('runs once, as who pushed it, and is done', async () => {
    const { id, created } = await bench.push({ name: 'send', payload: { to: 'b' } })
    expect(created).toBe(true)
    expect(bench.runs[0]?.job).toMatchObject({
      id,
      payload: { to: 'b' },
      attempt: 1,
      actor: { kind: 'user', id: 'ann' },
    })
    expect(bench.get(id)).toMatchObject({ state: 'running', token: 1 })
    await bench.end(bench.runs[0], { kind: 'done', result: { sent: 1 } })
    expect(bench.get(id)).toMatchObject({ state: 'done', result: '{"sent":1}', progress: 1 })
    expect(bench.running()).toEqual([])
  })

  test('is not there where its write is not', async () => {
    await bench.database
      .write((tx) => {
        bench.jobs.push(tx, { name: 'send', payload: {}, actor: null, chain: null })
        throw new Error('no')
      })
      .catch(() => {})
    await bench.settled()
    expect(bench.running()).toEqual([])
    expect(bench.jobs.dispatcher.runningCount).toBe(0)
  })

  test('waits until its time, and an idle queue has no timer', async () => {
    expect(bench.timers).toBe(0)
    const { id } = await bench.push({ name: 'send', runAt: bench.clock.wall + 300_000 })
    await bench.advance(299_000)
    expect(bench.get(id).state).toBe('waiting')
    await bench.advance(1_000)
    expect(bench.get(id).state).toBe('running')
    await bench.end(bench.runs[0])
    expect(bench.timers).toBe(0)
  })

  test('is retried after 10 s, twice as long each time, 20 times', async () => {
    const { id } = await bench.push({ name: 'send' })
    await bench.end(bench.runs[0], FAILED)
    expect(bench.get(id)).toMatchObject({ state: 'retrying', errors: 1, runAt: bench.clock.wall + 10_000 })
    await bench.advance(9_999)
    expect(bench.running()).toEqual([])
    await bench.advance(1)
    await bench.end(bench.runs[0], FAILED)
    expect(bench.get(id).runAt).toBe(bench.clock.wall + 20_000)
    for (let n = 3; n <= 20; n++) {
      await bench.advance(3_600_000)
      await bench.end(bench.runs[0], FAILED)
    }
    expect(bench.get(id)).toMatchObject({ state: 'dead', errors: 20, attempts: 20, error: { message: 'it broke' } })
    expect(bench.dead).toEqual([id as string])
  })

  test('is dead at once where trying again is of no use, and retried when its handler says', async () => {
    const a = await bench.push({ name: 'send' })
    await bench.end(bench.runs[0], { ...FAILED, isFinal: true } as never)
    expect(bench.get(a.id).state).toBe('dead')
    const b = await bench.push({ name: 'send' })
    await bench.end(bench.runs[0], { ...FAILED, retryAfterMs: 5 } as never)
    expect(bench.get(b.id)).toMatchObject({ state: 'retrying', runAt: bench.clock.wall + 5 })
  })

  test.each([
    [1.5, 2],
    [-1, 0],
    [1e300, 10 * 366 * 86_400_000],
    [9e15, 10 * 366 * 86_400_000],
    [Number.NaN, 0],
    [Number.POSITIVE_INFINITY, 0],
  ])('holds up no others, whenever it asks to be tried again: %p', async (retryAfterMs, ms) => {
    const odd = await bench.push({ name: 'send', group: 'g' })
    const other = await bench.push({ name: 'send' })
    await bench.end(bench.runs[0], { ...FAILED, retryAfterMs } as never)
    if (ms > 0) expect(bench.get(odd.id)).toMatchObject({ state: 'retrying', runAt: bench.clock.wall + ms })
    else expect(bench.get(odd.id).state).toBe('running')
    await bench.end(bench.runs.find(({ job }) => job.id === other.id))
    expect(bench.get(other.id).state).toBe('done')
  })

  test('that is to run in the past runs now, and goes before nothing', async () => {
    await bench.database.write((tx) => bench.jobs.setPaused(tx, 'default', true))
    const first = await bench.push({ name: 'send' })
    for (const runAt of [0, -9_007_199_254_740_991, bench.clock.wall - 1]) {
      const { id } = await bench.push({ name: 'send', runAt })
      expect(bench.get(id)).toMatchObject({ runAt: bench.clock.wall, stage: 'ready' })
    }
    await bench.database.write((tx) => bench.jobs.setPaused(tx, 'default', false))
    await bench.settled()
    expect(bench.running()[0]).toBe(first.id as string)
  })

  test('an interruption does not count', async () => {
    const { id } = await bench.push({ name: 'send' })
    await bench.end(bench.runs[0], { kind: 'interrupted' })
    expect(bench.get(id)).toMatchObject({ state: 'running', attempts: 1, token: 2 })
  })

  test('three crashes are too many, and after the first it runs alone', async () => {
    const bad = await bench.push({ name: 'send' })
    await bench.end(bench.runs[0], CRASHED)
    const other = await bench.push({ name: 'send' })
    await bench.advance(10_000)
    expect(bench.running()).toEqual([other.id as string])
    const later = await bench.push({ name: 'send' })
    // Nothing begins before it: it would never be alone.
    expect(bench.running()).toEqual([other.id as string])
    await bench.end(bench.runs[0])
    expect(bench.running()).toEqual([bad.id as string])
    await bench.end(bench.runs[0], CRASHED)
    expect(bench.running()).toEqual([later.id as string])
    await bench.end(bench.runs[0])
    await bench.advance(20_000)
    await bench.end(bench.runs[0], CRASHED)
    expect(bench.get(bad.id)).toMatchObject({ state: 'dead', attempts: 3 })
  })

  test('waits where nobody runs it, and no attempt is counted', async () => {
    const handler = bench.handlers.get('send')
    bench.handlers.delete('send')
    bench.hold('other')
    await expect(bench.push({ name: 'send' })).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' })
    if (handler !== undefined) bench.handlers.set('send', handler)
    const blocker = await bench.push({ name: 'other', runAt: bench.clock.wall + 1 })
    const { id } = await bench.push({ name: 'send', runAt: bench.clock.wall + 1 })
    bench.handlers.delete('send')
    await bench.advance(1)
    expect(bench.get(id)).toMatchObject({ state: 'waiting', stage: 'unhandled', attempts: 0 })
    expect(bench.running()).toEqual([blocker.id as string])
    bench.hold('send')
    await bench.settled()
    expect(bench.get(id)).toMatchObject({ state: 'running', attempts: 1 })
  })

  test('is cancelled while it waits at once, and while it runs when it has ended; what is done stays done', async () => {
    const a = await bench.push({ name: 'send', runAt: bench.clock.wall + 10 })
    await bench.database.write((tx) => bench.jobs.cancel(tx, a.id ?? ''))
    expect(bench.get(a.id).state).toBe('cancelled')
    const b = await bench.push({ name: 'send' })
    const [run] = bench.runs
    await bench.database.write((tx) => bench.jobs.cancel(tx, b.id ?? ''))
    await bench.settled()
    expect(run?.job.signal.aborted).toBe(true)
    expect(bench.get(b.id).state).toBe('running')
    await bench.end(run, FAILED)
    expect(bench.get(b.id).state).toBe('cancelled')
    const c = await bench.push({ name: 'send' })
    await bench.database.write((tx) => bench.jobs.cancel(tx, c.id ?? ''))
    await bench.end(bench.runs[0])
    expect(bench.get(c.id).state).toBe('done')
  })

  test('ends at its timeout; one that goes on loses its lease, and is answered LEASE_LOST', async () => {
    const { id } = await bench.push({ name: 'send' })
    const [run] = bench.runs
    await bench.advance(60_000)
    expect(run?.job.signal.aborted).toBe(true)
    expect(bench.get(id).state).toBe('running')
    await bench.advance(60_000)
    expect(bench.get(id)).toMatchObject({ state: 'retrying', crashes: 1, error: { code: 'LEASE_LOST' } })
    await expect(run?.job.progress(0.5)).rejects.toMatchObject({ code: 'LEASE_LOST' })
    const lease = run?.job.lease ?? { id: '', token: 0 }
    await expect(bench.database.write((tx) => bench.jobs.complete(tx, lease, null))).rejects.toMatchObject({
      code: 'LEASE_LOST',
    })
  })
})

describe('a process that is gone', () => {
  test('loses its leases: what it ran is run again after a moment, and its late results count for nothing', async () => {
    const { id } = await bench.push({ name: 'send' })
    const [old] = bench.runs
    const lease = old?.job.lease ?? { id: '', token: 0 }
    await bench.boot()
    bench.hold('send')
    expect(bench.get(id)).toMatchObject({ state: 'retrying', losses: 1 })
    await bench.advance(1_000)
    expect(bench.get(id)).toMatchObject({ state: 'running', token: 2, attempts: 2 })
    await expect(bench.database.write((tx) => bench.jobs.complete(tx, lease, null))).rejects.toMatchObject({
      code: 'LEASE_LOST',
    })
    await bench.end(bench.runs[0])
    expect(bench.get(id).state).toBe('done')
  })

  test('a job that may run once only is dead', async () => {
    const { id } = await bench.push({ name: 'send', maxAttempts: 1 })
    await bench.boot()
    expect(bench.get(id)).toMatchObject({ state: 'dead', error: { code: 'WORKER_LOST' } })
  })
})

describe('completion in a transaction', () => {
  test('is one with its effects, and what the run says afterwards changes nothing', async () => {
    const { id } = await bench.push({ name: 'send' })
    const [run] = bench.runs
    const lease = run?.job.lease ?? { id: '', token: 0 }
    await bench.database.write((tx) => bench.jobs.complete(tx, lease, { n: 1 }))
    expect(bench.get(id)).toMatchObject({ state: 'done', result: '{"n":1}' })
    await bench.end(run, FAILED)
    expect(bench.get(id)).toMatchObject({ state: 'done', result: '{"n":1}' })
    await expect(bench.database.write((tx) => bench.jobs.complete(tx, lease, null))).rejects.toMatchObject({
      code: 'LEASE_LOST',
    })
  })

  test('a job that is run once more does not begin before its run has ended', async () => {
    const { id } = await bench.push({ name: 'send', key: 'k' })
    const [run] = bench.runs
    await bench.push({ name: 'send', key: 'k', onConflict: 'rerun', payload: { n: 2 } })
    const lease = run?.job.lease ?? { id: '', token: 0 }
    await bench.database.write((tx) => bench.jobs.complete(tx, lease, null))
    await bench.settled()
    expect(bench.running()).toHaveLength(1)
    await bench.end(run)
    expect(bench.running()).toEqual([id as string])
    expect(bench.runs[0]?.job.payload).toEqual({ n: 2 })
  })
})

describe('keys', () => {
  const again = (onConflict: 'keep' | 'replace' | 'rerun') =>
    bench.push({ name: 'send', key: 'k', payload: { n: 2 }, onConflict })

  test('waiting: kept, replaced, kept', async () => {
    const { id } = await bench.push({ name: 'send', key: 'k', payload: { n: 1 }, runAt: bench.clock.wall + 10 })
    expect(await again('keep')).toEqual({ id, created: false })
    expect(await again('rerun')).toEqual({ id, created: false })
    expect(bench.get(id).payload).toBe('{"n":1}')
    expect(await again('replace')).toEqual({ id, created: false })
    expect(bench.runs[0]?.job.payload).toEqual({ n: 2 })
  })

  test('running: kept, one that waits behind it, once more', async () => {
    const { id } = await bench.push({ name: 'send', key: 'k', payload: { n: 1 } })
    expect(await again('keep')).toEqual({ id, created: false })
    const next = await again('replace')
    expect(next.created).toBe(true)
    expect(bench.get(next.id)).toMatchObject({ state: 'waiting', stage: 'behind' })
    // From now on there is one that waits.
    expect(await again('keep')).toEqual({ id: next.id, created: false })
    await bench.end(bench.runs[0])
    expect(bench.running()).toEqual([next.id as string])
    expect(await again('rerun')).toEqual({ id: next.id, created: false })
    await bench.end(bench.runs[0])
    expect(bench.get(next.id)).toMatchObject({ state: 'running', attempts: 1 })
    await bench.end(bench.runs[0])
    expect(bench.get(next.id).state).toBe('done')
  })

  test('over: a new one, unless the key is kept for a while', async () => {
    const first = await bench.push({ name: 'send', key: 'k' })
    await bench.end(bench.runs[0])
    const second = await bench.push({ name: 'send', key: 'k', keyForMs: 60_000 })
    expect(second.created).toBe(true)
    expect(second.id).not.toBe(first.id)
    await bench.end(bench.runs[0])
    await bench.advance(59_000)
    expect(await again('keep')).toEqual({ id: second.id, created: false })
    await bench.advance(1_000)
    expect((await again('keep')).created).toBe(true)
  })

  test('are of one enqueuer, whose job nobody else sees or changes', async () => {
    const ann = await bench.push({ name: 'send', key: 'k' })
    const bob = await bench.push({ name: 'send', key: 'k', actor: { kind: 'user', id: 'bob' } })
    expect(bob.created).toBe(true)
    expect(bob.id).not.toBe(ann.id)
    const stranger = await bench.push({ name: 'send', key: 'k', actor: { kind: 'anonymous' } })
    expect(stranger.created).toBe(true)
    expect(await bench.push({ name: 'send', key: 'k', actor: { kind: 'anonymous' } })).toEqual({
      id: null,
      created: false,
    })
  })

  test('over all: payload and actor are replaced together, and an id is given to its own enqueuer only', async () => {
    bench.hold('send', { keyScope: 'all' })
    const runAt = bench.clock.wall + 10
    const ann = await bench.push({ name: 'send', key: 'k', runAt })
    const bob = { actor: { kind: 'user', id: 'bob' } as const, name: 'send', key: 'k', payload: { n: 2 }, runAt }
    expect(await bench.push(bob)).toEqual({ id: null, created: false })
    expect(await bench.push({ ...bob, onConflict: 'replace' })).toEqual({ id: ann.id, created: false })
    expect(bench.get(ann.id)).toMatchObject({ payload: '{"n":2}', actor: { id: 'bob' } })
  })

  test('a dead job is not replayed while another has its key', async () => {
    const dead = await bench.push({ name: 'send', key: 'k' })
    await bench.end(bench.runs[0], { ...FAILED, isFinal: true } as never)
    const living = await bench.push({ name: 'send', key: 'k' })
    const replay = () => bench.database.write((tx) => bench.jobs.retry(tx, dead.id ?? ''))
    await expect(replay()).rejects.toThrow(living.id ?? '')
    await bench.end(bench.runs[0])
    await replay()
    await bench.settled()
    expect(bench.running()).toEqual([dead.id as string])
  })
})

describe('groups', () => {
  test('run one after the other, also over retries; a dead head lets the next one go', async () => {
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map(() => bench.push({ name: 'send', group: 'g' })))
    expect(bench.running()).toEqual([a?.id as string])
    await bench.end(bench.runs[0], FAILED)
    expect(bench.running()).toEqual([])
    await bench.advance(10_000)
    expect(bench.running()).toEqual([a?.id as string])
    await bench.end(bench.runs[0], { ...FAILED, isFinal: true } as never)
    expect(bench.running()).toEqual([b?.id as string])
    await bench.end(bench.runs[0])
    expect(bench.running()).toEqual([c?.id as string])
  })

  test('do not hold up others, and may run several at once', async () => {
    bench.hold('send', { groupConcurrency: 2 })
    const pushed = await Promise.all([1, 2, 3].map(() => bench.push({ name: 'send', group: 'g' })))
    const other = await bench.push({ name: 'send', group: 'h' })
    expect(bench.running().toSorted()).toEqual([pushed[0]?.id, pushed[1]?.id, other.id].map(String).toSorted())
  })
})

describe('queues', () => {
  test('by priority, then by age; one that waits rises by 1 a minute', async () => {
    await bench.close()
    bench = new JobsBench()
    await bench.open({ concurrency: 1 })
    bench.hold('send')
    const first = await bench.push({ name: 'send' })
    const low = await bench.push({ name: 'send', priority: -3 })
    const high = await bench.push({ name: 'send', priority: 5 })
    const plain = await bench.push({ name: 'send' })
    await bench.advance(180_001)
    const late = await bench.push({ name: 'send' })
    const order: string[] = []
    while (bench.runs.length > 0) {
      order.push(bench.runs[0]?.job.id ?? '')
      await bench.end(bench.runs[0])
    }
    expect(order).toEqual([first, high, plain, low, late].map(({ id }) => id as string))
  })

  test('a rate bounds how many begin; paused ones begin nothing', async () => {
    await bench.close()
    bench = new JobsBench()
    await bench.open({ queues: { mail: { concurrency: 5, rate: { count: 2, per: 1000 } } } })
    bench.hold('send', { queue: 'mail' })
    for (let n = 0; n < 6; n++) await bench.push({ name: 'send' })
    expect(bench.runs).toHaveLength(2)
    for (const run of bench.runs.slice()) await bench.end(run)
    expect(bench.runs).toHaveLength(0)
    await bench.advance(500)
    expect(bench.runs).toHaveLength(1)
    await bench.database.write((tx) => bench.jobs.setPaused(tx, 'mail', true))
    await bench.end(bench.runs[0])
    await bench.advance(10_000)
    expect(bench.runs).toHaveLength(0)
    await bench.database.write((tx) => bench.jobs.setPaused(tx, 'mail', false))
    await bench.settled()
    expect(bench.runs).toHaveLength(2)
  })

  test('are full at a bound', async () => {
    await bench.close()
    bench = new JobsBench()
    await bench.open({ max_waiting: 2 })
    bench.hold('send')
    await bench.push({ name: 'send' })
    await bench.push({ name: 'send' })
    await expect(bench.push({ name: 'send' })).rejects.toMatchObject({ code: 'QUEUE_FULL' })
    await bench.end(bench.runs[0])
    expect((await bench.push({ name: 'send' })).created).toBe(true)
  })
})

test('a stop waits for what runs, then tells it to end, and that does not count', async () => {
  const a = await bench.push({ name: 'send' })
  const b = await bench.push({ name: 'send' })
  const [first, second] = bench.runs
  const stopped = bench.jobs.settle()
  await bench.end(first)
  await bench.advance(1_000)
  expect(second?.job.signal.aborted).toBe(true)
  await bench.end(second, FAILED)
  await stopped
  expect(bench.get(a.id).state).toBe('done')
  expect(bench.get(b.id)).toMatchObject({ state: 'waiting', attempts: 0, errors: 0 })
})

test.each([
  [{ priority: 11 }, 'priority'],
  [{ key: '' }, 'key'],
  [{ group: 'x'.repeat(201) }, 'group'],
  [{ runAt: Number.NaN }, 'run_at'],
  [{ keyForMs: -1 }, 'key_for'],
])('options that are none: %p', async (options, field) => {
  await expect(bench.push({ name: 'send', ...options })).rejects.toMatchObject({
    code: 'VALIDATION_ERROR',
    details: [{ field }],
  })
})

test('payloads have at most 256 KB, and chains at most 16 links', async () => {
  await expect(bench.push({ name: 'send', payload: 'x'.repeat(256 * 1024) })).rejects.toMatchObject({
    code: 'PAYLOAD_TOO_LARGE',
  })
  await expect(bench.push({ name: 'send', chain: { root: 'r', depth: 16 } })).rejects.toMatchObject({
    code: 'CHAIN_TOO_DEEP',
  })
})
