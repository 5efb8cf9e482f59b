import { describe, expect, test } from 'bun:test'
import { JOB_BEHAVIOURS } from '@koyalite/functions/protocol-testing'
import { PYTHON, usePython } from './testing/use-python'

const { start } = usePython()

const KINDS = [
  { kind: 'def', def: 'def', wait: '', with: 'with' },
  { kind: 'async def', def: 'async def', wait: 'await ', with: 'async with' },
] as const

const JOB = { id: 'j', attempt: 1, key: null }

describe.skipIf(PYTHON === null).each(KINDS)('jobs of a function that is `$kind`', (of) => {
  const { def, wait } = of
  const source = `
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from koyalite_functions import Abort, KoyaError, Retry, function

@dataclass
class Payload:
    n: int

@function(concurrency=20)
${def} f(ctx, data):
    queue = ctx.queue
    message = "the shop is closed"

    ${def} create(tx):
        ${wait}tx.posts.create(title="a")

    ${def} pushes(tx):
        ${wait}create(tx)
        return ${wait}tx.queue.push("send", {"n": 1})

    ${def} rolls_back(tx):
        ${wait}pushes(tx)
        raise KoyaError("NO", "no")

    ${def} others(tx):
        codes = []
        for ask in (lambda: queue.push("send"), lambda: ctx.job.progress(0.5)):
            try:
                ${wait}ask()
            except KoyaError as error:
                codes.append(error.code)
        return codes

    what = data["do"]
    if what == "push":
        return ${wait}queue.push(
            "send", Payload(1), run_at=datetime(2026, 1, 31, 8, tzinfo=timezone.utc), priority=5, key="a",
            on_conflict="replace", key_for=timedelta(days=1), group="g",
        )
    if what == "delayed":
        return ${wait}queue.push("send", {"n": 1}, delay="10m")
    if what == "plain":
        return ${wait}queue.push("send", {"n": 1})
    if what == "theirs":
        return ${wait}queue.push("send", {"n": 1}, key="theirs")
    if what == "many":
        return ${wait}queue.push_many("send", (Payload(n) for n in (1, 2)))
    if what == "many with options":
        return ${wait}queue.push_many(
            "send", [{"payload": Payload(3), "group": "g"}, {"payload": Payload(4), "key": "theirs"}]
        )
    if what == "many of none":
        return ${wait}queue.push_many("send", [])
    if what == "misspelled":
        return ${wait}queue.push_many("send", [{"payload": 1, "dealy": "1m"}])
    if what == "number":
        return ${wait}queue.push("send", delay=5)
    if what == "full":
        return ${wait}queue.push("full")
    if what == "in a transaction":
        return ${wait}ctx.db.transaction(pushes)
    if what == "rolled back":
        return ${wait}ctx.db.transaction(rolls_back)
    if what == "open":
        return ${wait}ctx.db.transaction(others)
    if what == "job":
        return None if ctx.job is None else {"id": ctx.job.id, "attempt": ctx.job.attempt, "key": ctx.job.key}
    if what == "progress":
        return ${wait}ctx.job.progress(data["at"])
    if what == "completes":
        return ${wait}ctx.db.transaction(create, completes=True)
    if what == "completes exclusively":
        ${of.with} ctx.db.exclusive(completes=True) as tx:
            ${wait}create(tx)
        return None
    if what == "retry":
        raise Retry(message)
    if what == "retry later":
        raise Retry(message, after=timedelta(minutes=10))
    if what == "retry never":
        raise Retry(after="soon")
    if what == "abort":
        raise Abort(message)
    if what == "lease lost":
        raise KoyaError("LEASE_LOST", "x")
    if what == "queue full":
        raise KoyaError("QUEUE_FULL", "x")
`

  for (const { name, run } of JOB_BEHAVIOURS) test(name, async () => run(await start(source)))

  test('an exclusive transaction completes the job, too', async () => {
    const { call, server } = await start(source)
    expect((await call({ do: 'completes exclusively' }, { job: JOB })).status).toBe(204)
    expect([server.jobs.completed, server.transactions.begun]).toEqual([['j'], ['exclusive']])
  })

  test.each([
    ['misspelled', "'dealy' is not an option of a job"],
    ['number', 'a duration is a timedelta, or a text like 30s, 10m or 24h, not 5'],
    ['retry never', "10m or 24h, not 'soon'"],
  ])('faults of the code are named: %s', async (what, message) => {
    const { call, server } = await start(source)
    expect(await call({ do: what }, { job: JOB })).toMatchObject({
      failure: 'thrown',
      body: { name: 'TypeError', message: expect.stringContaining(message) },
    })
    expect(server.jobs.pushed).toEqual([])
  })
})

test.skipIf(PYTHON === null)('a push that nobody awaits is part of its transaction', async () => {
  const { call, server } = await start(`
import asyncio
from koyalite_functions import function

@function()
async def f(ctx):
    async def work(tx):
        asyncio.ensure_future(tx.queue.push("full"))
    await ctx.db.transaction(work)
`)
  expect(await call()).toMatchObject({ failure: 'passed', body: { code: 'QUEUE_FULL' } })
  expect(server.transactions.begun).toEqual(['optimistic'])
})
