import { describe, expect, test } from 'bun:test'
import { until } from '@koyalite/testkit'
import { PYTHON, usePython } from './testing/use-python'

const { start } = usePython()
const MAX_LINE = 8 * 1024
const MAX_LOG = 1024 * 1024

describe.skipIf(PYTHON === null)('logs', () => {
  test.each([
    { def: 'def', sleep: 'time.sleep' },
    { def: 'async def', sleep: 'await asyncio.sleep' },
  ])('20 calls at once of a $def, each printing its id 100 times: each log has its own 100', async ({ def, sleep }) => {
    const instance = await start(`
import asyncio, logging, random, time
from threading import Thread
from koyalite_functions import function

@function()
${def} f(ctx, data):
    for n in range(100):
        if n % 3 == 0:
            ${sleep}(random.random() / 500)
        if n % 3 == 1:
            logging.info("%s %d", data, n)
        elif n % 2:
            print(data, n)
        else:
            ctx.log.info(f"{data} {n}")
    thread = Thread(target=lambda: print("thread", data))
    thread.start()
    thread.join()
    return data
`)
    const ids = Array.from({ length: 20 }, (_, n) => `call-${n}`)
    await Promise.all(ids.map((id) => instance.call(id, { execution: id })))
    for (const id of ids)
      expect(instance.logs(id).map(({ message }) => message)).toEqual([
        ...Array.from({ length: 100 }, (_, n) => `${id} ${n}`),
        `thread ${id}`,
      ])
  })

  test('levels, fields, errors, and lines without an end', async () => {
    const instance = await start(`
import logging, sys
from koyalite_functions import function

log = logging.getLogger("shop")

@function()
def f(ctx):
    log.warning("low on %s", "ink", extra={"left": 2})
    try:
        1 / 0
    except ZeroDivisionError:
        log.exception("failed")
    logging.debug("not shown")
    print("a", "b", sep="-", end="")
    print("c\\nd")
    print("to stderr", file=sys.stderr)
    circle = {}
    circle["self"] = circle
    ctx.log.error("fields", n=10**30, circle=circle, kind=object)
    sys.stdout.write("rest")
`)
    await instance.call(1, { execution: 'e' })
    const lines = instance.logs('e')
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ...[
        ['warn', 'low on ink'],
        ['error', 'failed'],
        ['info', 'a-bc'],
        ['info', 'd'],
      ],
      ...[
        ['error', 'to stderr'],
        ['error', 'fields'],
        ['info', 'rest'],
      ],
    ])
    expect(lines[0]?.fields).toEqual({ left: 2, logger: 'shop' })
    expect(lines[1]?.fields?.stack).toMatch(/^ZeroDivisionError: division by zero\n {2}File "\/functions\/fn_/)
    expect(lines[5]?.fields).toEqual({ n: String(10n ** 30n), circle: '[circular]', kind: "<class 'object'>" })
  })

  test('long lines are cut; a flood ends after 1 MB, and the answer is unaffected', async () => {
    const instance = await start(`
from koyalite_functions import function

@function()
def f(ctx, data):
    if data == "long":
        print("x" + "ü" * 10_000)
        print("z" * ${MAX_LINE})
        return
    for n in range(1_000_000):
        print("line", n)
    return "done"
`)
    await instance.call('long', { execution: 'long' })
    const [long, whole] = instance.logs('long')
    expect(long).toMatchObject({ message: `x${'ü'.repeat(MAX_LINE / 2 - 1)}`, truncated: true })
    expect(whole?.message).toBe('z'.repeat(MAX_LINE))
    expect((await instance.call(1, { execution: 'e' })).body).toBe('done')
    const lines = instance.logs('e')
    const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(JSON.stringify(line)) + 1, 0)
    expect(bytes).toBeGreaterThan(MAX_LOG * 0.99)
    expect(bytes).toBeLessThan(MAX_LOG + 200)
    expect(lines.at(-1)).toMatchObject({ level: 'warn', message: expect.stringContaining('full'), truncated: true })
  }, 30_000)

  test('lines come while a call runs; what nobody catches afterwards is in the log of its call', async () => {
    const instance = await start(`
import time
from threading import Thread
from koyalite_functions import function

def fails():
    time.sleep(0.02)
    raise LookupError("thread failed")

@function()
def f(ctx, data):
    if data == "late":
        Thread(target=fails).start()
        return
    print("working")
    while ctx.db.gates.first() is None:
        time.sleep(0.005)
`)
    const call = instance.call(1, { execution: 'e' })
    await until(() => instance.logs('e').length === 1)
    instance.server.documents.of('gates').set('open', { id: 'open' })
    expect((await call).status).toBe(204)
    await instance.call('late', { execution: 'late' })
    await until(() => instance.logs('late').length > 0)
    expect(instance.logs('late')[0]).toMatchObject({
      level: 'error',
      message: 'nobody caught LookupError: thread failed',
    })
  })

  test('what is printed outside of a call is printed by the process', async () => {
    const instance = await start(`
import sys
print("loading")
print("careful", file=sys.stderr)
from koyalite_functions import function

@function()
def f(ctx): return 1
`)
    await instance.call()
    await instance.server.endAlive()
    expect(await instance.child.exited).toBe(0)
    expect([await instance.output.stdout, await instance.output.stderr]).toEqual(['loading\n', 'careful\n'])
  })
})
