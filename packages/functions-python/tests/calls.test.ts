import { describe, expect, test } from 'bun:test'
import { PYTHON, usePython } from './testing/use-python'

const { start } = usePython()

/** The same in both kinds of Python. */
const KINDS = [
  { kind: 'def', def: 'def', ctx: 'Ctx', wait: '' },
  { kind: 'async def', def: 'async def', ctx: 'AsyncCtx', wait: 'await ' },
] as const

describe.skipIf(PYTHON === null).each(KINDS)('a function that is `$kind`', ({ def, ctx, wait }) => {
  test('says what it is, and answers', async () => {
    const instance = await start(`
from dataclasses import dataclass
from koyalite_functions import ${ctx}, function

@dataclass
class In:
    title: str

@function(access="auth.id != null", timeout="5s")
${def} publish(ctx: ${ctx}, data: In) -> dict:
    return {"slug": data.title.lower(), "by": ctx.user.id, "version": ctx.version}
`)
    expect(instance.ready).toEqual({
      ...{ protocol: 1, runtime: expect.stringMatching(/^python 3\.\d+\.\d+$/), kind: 'typed' },
      config: { access: 'auth.id != null', timeout: '5s' },
      input: {
        ...{ type: 'object', properties: { title: { type: 'string' } }, required: ['title'] },
        additionalProperties: false,
      },
      output: { type: 'object' },
    })
    const auth = { kind: 'user', id: 'u1', email: 'ann@example.com', role: 'user', verified: true }
    const answer = await instance.call({ title: 'Hello' }, { auth: { ...auth, claims: {}, metadata: {} } })
    expect(answer).toEqual({ status: 200, failure: null, body: { slug: 'hello', by: 'u1', version: 3 } })
  })

  test('has what the server says of the call, and nothing of the environment but env', async () => {
    const instance = await start(
      `
import os
from koyalite_functions import function, current_ctx

@function()
${def} f(ctx, data):
    assert current_ctx() is ctx
    return {
        "input": data, "auth": ctx.auth, "user": ctx.user, "env": dict(ctx.env), "ip": ctx.request.ip,
        "agent": ctx.request.headers["User-Agent"], "deadline": ctx.deadline, "request_id": ctx.request_id,
        "version": ctx.version, "chain": {"root": ctx.chain.root, "depth": ctx.chain.depth},
        "token": os.environ.get("KOYALITE_INSTANCE"), "bytes": b"\\x01\\x02\\xff", "cancelled": ctx.cancelled,
    }
`,
      { env: { STRIPE_KEY: 'sk_1' } },
    )
    const deadline = Date.now() + 5000
    const answer = await instance.call(undefined, { execution: 'e1', headers: { 'user-agent': 'curl' }, deadline })
    expect(answer.body).toEqual({
      ...{
        input: null,
        auth: null,
        user: null,
        ip: '203.0.113.7',
        agent: 'curl',
        request_id: 'request-e1',
        version: 3,
      },
      ...{ env: { STRIPE_KEY: 'sk_1' }, deadline: new Date(deadline).toISOString(), chain: { root: 'root', depth: 1 } },
      ...{ token: null, bytes: 'AQL/', cancelled: false },
    })
  })

  test('what is raised: errors of its own, of ctx, and all others', async () => {
    const instance = await start(`
from koyalite_functions import KoyaError, function

class Odd:
    pass

@function()
${def} f(ctx, data):
    if data == "own":
        raise KoyaError("SOLD_OUT", "no seats", status=409, details={"seats": 0})
    if data == "status":
        raise KoyaError("NOT_FOUND", "no such seat")
    if data == "reserved":
        raise KoyaError("FUNCTION_TIMEOUT", "x")
    if data == "plain":
        try:
            raise ValueError("deeper")
        except ValueError as error:
            raise TypeError("broken") from error
    if data == "db":
        ${wait}ctx.db.posts.create(title="")
    if data == "local":
        ${wait}ctx.db.posts.filter(title=Odd()).list()
    if data == "admin":
        ${wait}ctx.admin.db.posts.get("x")
    if data == "functions":
        ${wait}ctx.functions.call("nope")
    if data == "odd":
        return Odd()
    if data == "exit":
        raise KeyboardInterrupt
    if data == "caught":
        try:
            ${wait}ctx.db.posts.get("x")
        except KoyaError as error:
            return [error.code, error.status]
`)
    const failures: Record<string, object> = {
      own: { failure: 'error', body: { code: 'SOLD_OUT', message: 'no seats', status: 409, details: { seats: 0 } } },
      status: { failure: 'error', body: { code: 'NOT_FOUND', message: 'no such seat', status: 404, details: [] } },
      reserved: {
        failure: 'thrown',
        body: { name: 'TypeError', message: expect.stringContaining('FUNCTION_TIMEOUT') },
      },
      plain: {
        failure: 'thrown',
        body: {
          ...{ name: 'TypeError', message: 'broken' },
          stack: expect.stringMatching(
            /^TypeError: broken\n {2}File "\/functions\/fn_\w+\.py", line \d+, in f\n[\s\S]*caused by: ValueError: deeper\n/,
          ),
        },
      },
      db: {
        failure: 'passed',
        body: { from: 'db', code: 'VALIDATION_ERROR', status: 422, details: [{ field: 'title' }] },
      },
      local: { failure: 'thrown', body: { name: 'TypeError', message: expect.stringContaining('Odd') } },
      admin: { failure: 'passed', body: { from: 'admin', code: 'FORBIDDEN', status: 403 } },
      functions: { failure: 'passed', body: { from: 'functions', code: 'FUNCTION_NOT_FOUND', status: 404 } },
      odd: { failure: 'thrown', body: { message: expect.stringContaining('cannot be JSON') } },
      exit: { failure: 'thrown', body: { name: 'KeyboardInterrupt' } },
      caught: { failure: null, body: ['NOT_FOUND', 404] },
    }
    for (const [kind, expected] of Object.entries(failures)) expect(await instance.call(kind)).toMatchObject(expected)
    expect(await instance.call('nothing')).toEqual({ status: 204, failure: null, body: undefined })
  })

  test('reads and writes documents, whose timestamps are those of Python', async () => {
    const instance = await start(
      `
from datetime import datetime, timezone
from koyalite_functions import function, etag_of

@function()
${def} f(ctx, data):
    made = ${wait}ctx.db.posts.create(title="a", at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc))
    assert made.at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc), made.at
    changed = ${wait}ctx.db.posts.update(made.id, {"title": "b"})
    same = ${wait}ctx.db.posts.get(made["id"])
    assert changed.title == same.title == "b"
    put = ${wait}ctx.db.collection("posts").upsert("p", title="put")
    first = ${wait}ctx.db.posts.filter(title="put").sort("-title").first()
    listed = ${wait}ctx.db.posts.limit(10).list()
    ${wait}ctx.db.posts.delete(put.id)
    return {"first": first.title, "count": len(listed), "missing": hasattr(first, "nope"), "at": made.at}
`,
      { ready: { status: 200, body: { collections: { posts: { fields: { at: 'timestamp' } } } } } },
    )
    expect((await instance.call()).body).toEqual({
      ...{ first: 'put', count: 2, missing: false, at: '2026-01-02T03:04:05.000Z' },
    })
  })

  test('is told when the caller goes, and asks for nothing more', async () => {
    const instance = await start(`
import asyncio, time
from koyalite_functions import KoyaError, function

seen = []

@function()
${def} f(ctx, data):
    if data == "seen":
        return seen
    print("began")
    try:
        while not ctx.cancelled:
            ${wait === '' ? 'time.sleep(0.002)' : 'await asyncio.sleep(0.002)'}
        ${wait}ctx.db.posts.list()
    except (KoyaError, asyncio.CancelledError) as error:
        seen.append(getattr(error, "code", "ABORTED"))
        raise
`)
    await instance.call('late', { deadline: Date.now() + 1000 })
    const cancelled = instance.call('cancelled', { execution: 'cancelled' })
    while (instance.logs('cancelled').length === 0) await Bun.sleep(5)
    for (const execution of ['unknown', 'cancelled', 'early']) expect(await instance.cancel(execution)).toBe(204)
    await cancelled
    // It was left before it began: the two come on different connections.
    await instance.call('early', { execution: 'early' })
    expect((await instance.call('seen')).body).toEqual(['ABORTED', 'ABORTED', 'ABORTED'])
  })

  test('calls another function', async () => {
    const instance = await start(
      `
from koyalite_functions import function

@function(calls=["double"])
${def} f(ctx):
    return [${wait}ctx.functions.call("double", {"n": 4}), ${wait}ctx.functions.call("nothing")]
`,
      {
        functions: {
          double: (input) => ({ status: 200, body: (input as { n: number }).n * 2 }),
          nothing: () => ({ status: 204 }),
        },
      },
    )
    expect((await instance.call()).body).toEqual([8, null])
  })

  test('sys.exit ends the process, and what it printed is not lost', async () => {
    const instance = await start(`
import sys
from koyalite_functions import function

@function()
${def} f(ctx):
    print("last words")
    sys.exit(7)
`)
    await expect(instance.call()).rejects.toThrow()
    expect(await instance.child.exited).toBe(7)
    expect(await instance.output.stdout).toBe('last words\n')
  })
})
