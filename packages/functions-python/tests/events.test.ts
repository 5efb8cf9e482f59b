import { describe, test } from 'bun:test'
import { EVENT_BEHAVIOURS } from '@koyalite/functions/protocol-testing'
import { PYTHON, usePython } from './testing/use-python'

const { start } = usePython()

const KINDS = [
  { kind: 'def', def: 'def', wait: '' },
  { kind: 'async def', def: 'async def', wait: 'await ' },
] as const

describe.skipIf(PYTHON === null).each(KINDS)('events of a function that is `$kind`', ({ def, wait }) => {
  const source = `
from koyalite_functions import KoyaError, function

@function(concurrency=20)
${def} f(ctx, data):
    ${def} publishes(tx):
        ${wait}tx.posts.create(title="a")
        ${wait}tx.events.publish("orders.paid", {"id": 1})

    ${def} rolls_back(tx):
        ${wait}publishes(tx)
        raise KoyaError("NO", "no")

    ${def} others(tx):
        try:
            ${wait}ctx.events.publish("orders.paid", {"id": 1})
            return "allowed"
        except KoyaError as error:
            return error.code

    what = data["do"] if ctx.event is None else ctx.event.data["do"]
    if what == "event":
        return None if ctx.event is None else ctx.event._asdict()
    if what == "publish":
        ${wait}ctx.events.publish("orders.paid", {"id": 1})
        return None
    work = {"in a transaction": publishes, "rolled back": rolls_back, "open": others}[what]
    return ${wait}ctx.db.transaction(work)
`
  for (const { name, run } of EVENT_BEHAVIOURS) test(name, async () => run(await start(source)))
})
