import { expect, test } from 'bun:test'
import { startFaultProxy } from '@koyalite/testkit'
import type { Client, Operation } from './driver'
import { asSent, failure, newEmail, PASSWORD, type World } from './scenario-world'

type FunctionName = Extract<Operation, { op: 'call' }>['function']

/** What every client does with functions. */
export function functionScenarios({ language, server, admin, anonymous }: World): void {
  const call = <T>(koya: Client, name: FunctionName, input: object, idempotencyKey?: string) =>
    koya.do<T>({ op: 'call', function: name, input, ...(idempotencyKey !== undefined && { idempotencyKey }) })
  const postsOf = (title: string) =>
    admin().do<number>({ op: 'count', query: { collection: 'posts', filter: { title } } })

  test('functions: a call takes and returns values of their types', async () => {
    const at = { $timestamp: '2026-01-02T03:04:05.678Z' }
    const order = { title: 'two', at, day: { $date: '2026-01-02' }, lines: [{ pieces: 2, price: 1 }] }
    const placed = await call<Record<string, unknown>>(anonymous(), 'placeOrder', order)
    expect(placed).toMatchObject({ title: 'two', at, times: [at, at], note: null })
    expect(placed.day).toEqual(language.tagsDates ? { $date: '2026-01-02' } : '2026-01-02')
    const [line] = placed.lines as readonly Record<string, unknown>[]
    expect([line?.pieces, asSent(line?.price)]).toEqual([2, 1])
    const empty = { title: 'none', at: null, day: null, note: null, times: [], lines: [] }
    expect(await call(anonymous(), 'placeOrder', { title: 'none' })).toEqual(empty)
    expect(await call(anonymous(), 'now', {})).toEqual(at)
  })

  test('functions: an input that is not as declared is refused, by field', async () => {
    const error = await failure(call(anonymous(), 'placeOrder', { title: 'x'.repeat(21) }))
    expect(error).toMatchObject({
      ...{ code: 'VALIDATION_ERROR', status: 422, kind: language.kindOf('VALIDATION_ERROR') },
      ...{ details: [{ field: 'title', code: 'maxLength' }], executed: null },
    })
  })

  test('functions: an error of the function has its code, one of its code has not its text', async () => {
    const refused = await failure(call(anonymous(), 'placeOrder', { title: 'sold out' }))
    expect(refused).toMatchObject({ code: 'SOLD_OUT', status: 409, message: 'nothing is left', details: [] })
    const failed = await failure(call(anonymous(), 'placeOrder', { title: 'broken' }))
    expect(failed).toMatchObject({ code: 'FUNCTION_ERROR', status: 500, executed: 'maybe' })
    expect(failed.message).not.toContain('secret')
    for (const { execution } of [refused, failed]) {
      const { body } = await server.api.get(`/api/admin/functions/executions/${execution}`)
      expect(body).toMatchObject({ id: execution, function: 'placeOrder' })
    }
  })

  test('functions: one without a door is not there', async () => {
    const request = { op: 'request', method: 'POST', path: '/api/functions/inner', body: {} } as const
    expect(await failure(anonymous().do(request))).toMatchObject({
      ...{ code: 'FUNCTION_NOT_FOUND', status: 404, kind: language.kindOf('FUNCTION_NOT_FOUND') },
    })
    expect(await admin().do<string>(request)).toBe('inner')
  })

  test('functions: they run with the rights of their caller', async () => {
    expect(await failure(call(anonymous(), 'add-note', { text: 'x' }))).toMatchObject({
      ...{ code: 'UNAUTHENTICATED', kind: language.kindOf('UNAUTHENTICATED') },
    })
    for (const text of ['of one', 'of another']) {
      const koya = anonymous()
      await koya.do({ op: 'register', email: newEmail(), password: PASSWORD })
      expect(await call(koya, 'add-note', { text })).toEqual({ texts: [text] })
    }
  })

  test('functions: a call with a key runs once', async () => {
    const [title, key] = [crypto.randomUUID(), crypto.randomUUID()]
    const koya = anonymous()
    const first = await call<string>(koya, 'countUp', { title }, key)
    expect(await call<string>(koya, 'countUp', { title }, key)).toBe(first)
    expect(await postsOf(title)).toBe(1)
    expect(await failure(call(koya, 'countUp', { title: 'other' }, key))).toMatchObject({
      ...{ code: 'CONFLICT', status: 409, kind: language.kindOf('CONFLICT') },
    })
    expect(await call<string>(koya, 'countUp', { title })).not.toBe(first)
    expect(await postsOf(title)).toBe(2)
  })

  test('functions: a call whose answer is lost is repeated with a key only', async () => {
    const proxy = startFaultProxy(server.process.url, (index) => (index % 2 === 0 ? 'drop' : undefined))
    try {
      const [title, key] = [crypto.randomUUID(), crypto.randomUUID()]
      const koya = anonymous({ url: proxy.url })
      expect(await call<string>(koya, 'countUp', { title }, key)).toBeString()
      expect([proxy.requests.length, await postsOf(title)]).toEqual([2, 1])
      expect(await failure(call(koya, 'countUp', { title }))).toMatchObject({ code: 'NETWORK' })
      expect([proxy.requests.length, await postsOf(title)]).toEqual([3, 2])
    } finally {
      proxy.stop()
    }
  })
}
