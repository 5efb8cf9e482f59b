import { describe, expect, test } from 'bun:test'
import { PYTHON, usePython } from './testing/use-python'

const { start } = usePython()

const KINDS = [
  { kind: 'def', def: 'def', wait: '', with: 'with', sleep: 'time.sleep' },
  { kind: 'async def', def: 'async def', wait: 'await ', with: 'async with', sleep: 'await asyncio.sleep' },
] as const

describe.skipIf(PYTHON === null).each(KINDS)('transactions of a function that is `$kind`', (of) => {
  const { def, wait } = of
  const source = `
import asyncio, time
from koyalite_functions import KoyaError, function

@function(concurrency=20)
${def} f(ctx, data):
    runs = 0

    ${def} again(tx):
        nonlocal runs
        runs += 1
        ${wait}tx.posts.create(title=f"run {runs}")
        return runs

    ${def} fails(tx):
        ${wait}tx.posts.create(title="gone")
        raise KoyaError("SOLD_OUT", "x")

    ${def} outer(tx):
        codes = []
        for ask in (lambda: ctx.db.posts.list(), lambda: ctx.admin.db.posts.list(), lambda: ctx.db.transaction(again)):
            try:
                ${wait}ask()
            except KoyaError as error:
                codes.append(error.code)
        return codes

    ${def} count(tx):
        counter = ${wait}tx.counters.get("c")
        ${of.sleep}(0.001)
        ${wait}tx.counters.update("c", n=counter.n + 1)

    if data == "exclusive":
        ${of.with} ctx.db.exclusive() as tx:
            post = ${wait}tx.posts.create(title="x")
        return post.title
    if data == "rolled back":
        ${of.with} ctx.db.exclusive() as tx:
            ${wait}tx.posts.create(title="gone")
            raise KoyaError("SOLD_OUT", "x")
    return ${wait}ctx.db.transaction({"again": again, "fails": fails, "outer": outer, "count": count}[data])
`

  test('all or nothing, and nothing but tx meanwhile', async () => {
    const { server, call } = await start(source, { admin: true })
    for (const kind of ['fails', 'rolled back'])
      expect(await call(kind)).toMatchObject({ failure: 'error', body: { code: 'SOLD_OUT' } })
    expect(server.documents.of('posts').size).toBe(0)
    expect((await call('outer')).body).toEqual(['TRANSACTION_OPEN', 'TRANSACTION_OPEN', 'TRANSACTION_OPEN'])
    expect((await call('exclusive')).body).toBe('x')
    expect(server.transactions.begun.at(-1)).toBe('exclusive')
  })

  test('conflicts: four tries, the fifth holds the writer', async () => {
    const { server, call } = await start(source)
    server.transactions.conflicts = 2
    expect((await call('again')).body).toBe(3)
    expect([...server.documents.of('posts').values()].map(({ title }) => title)).toEqual(['run 3'])
    server.transactions.conflicts = Number.POSITIVE_INFINITY
    server.transactions.begun.length = 0
    expect((await call('again')).body).toBe(5)
    expect(server.transactions.begun).toEqual([...Array(4).fill('optimistic'), 'exclusive'])
  })

  test('20 at once on one counter: all commit', async () => {
    const { server, call } = await start(source)
    server.documents.of('counters').set('c', { id: 'c', n: 0 })
    const answers = await Promise.all(Array.from({ length: 20 }, () => call('count')))
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(204))
    expect(server.documents.of('counters').get('c')?.n).toBe(20)
  })
})
