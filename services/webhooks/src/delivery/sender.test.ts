import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { until } from '@koyalite/testkit'
import { listDeliveries } from '../store/deliveries'
import { findEndpointRow } from '../store/endpoint-rows'
import { openSenderWorld, type SenderWorld } from '../testing/sender-world'

const DAY = 86_400_000

interface Asked {
  readonly id: string
  readonly body: string
  readonly timestamp: string
}

let world: SenderWorld
const asked: Asked[] = []
let answer: (one: Asked) => Response | Promise<Response> = () => new Response()
const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  idleTimeout: 0,
  async fetch(request) {
    const header = (name: string) => request.headers.get(`webhook-${name}`) ?? ''
    const one = { id: header('id'), timestamp: header('timestamp'), body: await request.text() }
    asked.push(one)
    return answer(one)
  },
})
const url = `http://127.0.0.1:${server.port}/`

beforeEach(async () => {
  asked.length = 0
  answer = () => new Response()
  world = await openSenderWorld()
})
afterEach(() => world.close())

const deliveries = (endpoint = 'crm') =>
  listDeliveries(world.database, {
    ...{ endpoints: [endpoint], state: null, event: null },
    ...{ before: Number.MAX_SAFE_INTEGER, limit: 500 },
  }).toReversed()
const states = (endpoint = 'crm') => deliveries(endpoint).map(({ state }) => state)
/** Waits until nothing is under way. */
const idle = () => until(() => world.sender.atOnce === 0)
/** Moves the clock to when the next is due. */
async function next(): Promise<number> {
  const due = world.sender.nextDue() ?? Number.NaN
  const waited = due - world.clock.now
  world.clock.now = due
  world.sender.wakeAll()
  await idle()
  return waited
}

describe('S1 an event that is not taken is sent again', () => {
  test('after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h; then it is dead', async () => {
    answer = () => new Response(null, { status: 500 })
    await world.endpoint('crm', url)
    await world.post('crm', 1)
    await idle()
    const waits: number[] = []
    while (states()[0] === 'waiting') waits.push((await next()) / 1000)
    expect(waits).toEqual([5, 300, 1800, ...[2, 5, 10, 14, 20, 24].map((hours) => hours * 3600)])
    expect(asked).toHaveLength(10)
    expect(deliveries()).toMatchObject([{ state: 'dead', attempts: Array(10).fill({ status: 500 }) }])
    // The same message, signed anew.
    expect(new Set(asked.map(({ id, body }) => `${id} ${body}`)).size).toBe(1)
    expect(new Set(asked.map(({ timestamp }) => timestamp)).size).toBe(10)
    expect(findEndpointRow(world.database, 'crm')).toMatchObject({ waiting: 0, disabledAt: null })
  })

  test.each([
    [301, 'answered 301: redirects are not followed'],
    [304, 'answered 304: redirects are not followed'],
    [400, 'answered 400'],
    [503, 'answered 503'],
  ])('%i is not taken', async (status, error) => {
    answer = () => new Response(null, { status, headers: { location: url } })
    await world.endpoint('crm', url)
    await world.post('crm', 1)
    await idle()
    expect(asked).toHaveLength(1)
    expect(deliveries()).toMatchObject([{ state: 'waiting', attempts: [{ status, error }] }])
  })

  test('nobody listens, and an answer that does not come or end in time', async () => {
    await world.close()
    world = await openSenderWorld({ timeoutMs: 100 })
    await world.endpoint('nobody', 'http://127.0.0.1:1/')
    await world.endpoint('silent', url)
    await world.endpoint('endless', url)
    answer = ({ id }) => {
      if (id.startsWith('silent')) return new Promise(() => {})
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new Uint8Array(10))
        },
      })
      return new Response(body)
    }
    for (const name of ['nobody', 'silent', 'endless']) await world.post(name, 1)
    await until(() => ['nobody', 'silent', 'endless'].every((name) => deliveries(name)[0]?.attempts.length === 1))
    const errors = ['silent', 'endless'].map((name) => deliveries(name)[0]?.attempts[0]?.error)
    expect(errors).toEqual(['no answer within 0.1 s', 'no answer within 0.1 s'])
    expect(deliveries('nobody')[0]?.attempts[0]).toMatchObject({
      status: null,
      error: expect.stringContaining('connect'),
    })
  })

  test('an answer of any length is taken, and its end is not waited for beyond 64 KB', async () => {
    answer = () =>
      new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(16_384)) }))
    await world.endpoint('crm', url)
    await world.post('crm', 1)
    await until(() => states()[0] === 'delivered')
  })
})

describe('S2 a receiver that asks for patience', () => {
  test('gets nothing before Retry-After is over', async () => {
    await world.endpoint('crm', url)
    answer = () => new Response(null, { status: 429, headers: { 'retry-after': '120' } })
    await world.post('crm', 1)
    await idle()
    answer = () => new Response()
    for (let key = 2; key < 10; key++) await world.post('crm', key)
    await idle()
    expect(asked).toHaveLength(1)
    expect(world.sender.nextDue()).toBe(world.clock.now + 120_000)
    await next()
    await until(() => states().every((state) => state === 'delivered'))
    expect(asked).toHaveLength(10)
  })

  test('one that fails again and again gets one request at a time, until one succeeds', async () => {
    await world.endpoint('crm', url)
    let most = 0
    let atOnce = 0
    answer = async () => {
      most = Math.max(most, ++atOnce)
      await new Promise(setImmediate)
      atOnce--
      return new Response(null, { status: 502 })
    }
    for (let key = 0; key < 30; key++) await world.post('crm', key)
    await until(() => asked.length === 30 && world.sender.atOnce === 0)
    expect(most).toBeLessThanOrEqual(10)
    most = 0
    world.clock.now += 60_000
    world.sender.wakeAll()
    await until(() => asked.length === 60 && world.sender.atOnce === 0)
    expect(most).toBe(1)
  })
})

describe('S3 order', () => {
  test('events of one document arrive one after the other, also over retries; others are not held back', async () => {
    await world.endpoint('crm', url)
    let isBroken = true
    answer = ({ body }) => new Response(null, { status: isBroken && body.includes('"key 1') ? 500 : 200 })
    for (let n = 0; n < 5; n++) {
      await world.post('crm', 1, { title: `key 1 n ${n}` })
      await world.post('crm', 2, { title: `key 2 n ${n}` })
    }
    await until(() => asked.length === 6 && world.sender.atOnce === 0)
    expect(states()).toEqual([...['waiting', 'delivered'], ...Array(4).fill(['blocked', 'delivered']).flat()])
    isBroken = false
    await next()
    await until(() => states().every((state) => state === 'delivered'))
    const titles = (key: number) =>
      asked
        .map(({ body }) => JSON.parse(body).data.doc.title as string)
        .filter((title) => title.startsWith(`key ${key}`))
    expect(titles(1)).toEqual([0, 0, 1, 2, 3, 4].map((n) => `key 1 n ${n}`))
    expect(titles(2)).toEqual([0, 1, 2, 3, 4].map((n) => `key 2 n ${n}`))
  })

  test('where it does not matter, nothing waits for another', async () => {
    await world.endpoint('crm', url, { order: 'none' })
    answer = ({ body }) => new Response(null, { status: body.includes('bad') ? 500 : 200 })
    for (const title of ['bad', 'good', 'good']) await world.post('crm', 1, { title })
    await until(() => asked.length === 3 && world.sender.atOnce === 0)
    expect(states()).toEqual(['waiting', 'delivered', 'delivered'])
  })

  test('one that is given up lets the next go', async () => {
    await world.endpoint('crm', url)
    answer = ({ body }) => new Response(null, { status: body.includes('bad') ? 500 : 200 })
    await world.post('crm', 1, { title: 'bad' })
    await world.post('crm', 1, { title: 'good' })
    await idle()
    while (states()[0] === 'waiting') await next()
    await until(() => states()[1] === 'delivered')
    expect(states()).toEqual(['dead', 'delivered'])
  })
})

describe('S4 an endpoint is disabled', () => {
  test('after 5 days without a success, once', async () => {
    await world.endpoint('crm', url)
    answer = () => new Response(null, { status: 500 })
    const began = world.clock.now
    for (let day = 0; world.disabled.length === 0; day++) {
      await world.post('crm', day)
      await idle()
      while (world.sender.nextDue() !== null && world.clock.now < began + (day + 1) * DAY) await next()
    }
    expect(world.disabled).toEqual([['crm', 'failing']])
    expect(world.clock.now - began).toBeGreaterThanOrEqual(5 * DAY)
    const before = asked.length
    world.clock.now += 10 * DAY
    world.sender.wakeAll()
    await world.post('crm', 100)
    await idle()
    expect(asked).toHaveLength(before)
    expect(world.sender.nextDue()).toBeNull()
  })

  test('not where one was taken meanwhile', async () => {
    await world.endpoint('crm', url, { order: 'none' })
    for (let day = 0; day < 8; day++) {
      answer = () => new Response(null, { status: 500 })
      await world.post('crm', day)
      await idle()
      answer = () => new Response()
      world.clock.now += DAY
      await world.post('crm', 1000 + day)
      world.sender.wakeAll()
      await until(() => states().every((state) => state === 'delivered') && world.sender.atOnce === 0)
    }
    expect(world.disabled).toEqual([])
  })

  test('at 410, at once', async () => {
    await world.endpoint('crm', url)
    answer = () => new Response(null, { status: 410 })
    await world.post('crm', 1)
    await until(() => world.disabled.length === 1)
    expect([world.disabled, states()]).toEqual([[['crm', 'gone']], ['dead']])
  })
})

describe('S5 what waits is bounded', () => {
  test('beyond webhooks.max_waiting events are counted, and not taken', async () => {
    await world.close()
    world = await openSenderWorld({ maxWaiting: 3 })
    await world.endpoint('crm', url)
    answer = () => new Response(null, { status: 500 })
    for (let key = 0; key < 5; key++) await world.post('crm', key)
    await idle()
    expect(states()).toHaveLength(3)
    expect(findEndpointRow(world.database, 'crm')).toMatchObject({
      ...{ waiting: 3, dropped: 2, droppedSince: world.clock.now },
    })
    answer = () => new Response()
    await next()
    await until(() => states().every((state) => state === 'delivered'))
    await world.post('crm', 9)
    await until(() => states().length === 4)
  })
})

describe('S6 a stop', () => {
  test('interrupts what is under way, which is not counted and sent again', async () => {
    await world.endpoint('crm', url)
    answer = () => new Promise(() => {})
    await world.post('crm', 1)
    await until(() => asked.length === 1)
    await world.sender.close()
    expect(deliveries()).toMatchObject([{ state: 'waiting', attempts: [] }])
  })
})

describe('S7 the same bytes', () => {
  test('an event that is delivered again has the id and the body that it had, whatever has changed since', async () => {
    await world.endpoint('crm', url)
    await world.post('crm', 1, { n: 7, title: 'then' })
    await until(() => states()[0] === 'delivered')
    await world.post('crm', 1, { n: 7, title: 'now' })
    await until(() => asked.length === 2)
    expect(asked[1]).toMatchObject({ id: asked[0]?.id ?? '', body: asked[0]?.body ?? '' })
    expect(asked[0]?.id).toBe('crm_e-7')
  })
})
