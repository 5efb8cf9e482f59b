/** Notes that say what ran. */
export const SCHEMA = `version: 1
collections:
  notes:
    fields:
      id: { type: uuid, primary: true, default: auto }
      title: { type: string, maxLength: 40, index: true }
      owner_id: { type: uuid, references: users.id, nullable: true, default: auth.id, onDelete: set null }
    rules: { create: "true", read: "auth.id == null || doc.owner_id == auth.id" }
`

/** Pushes what its input says, in a transaction if that is asked for. */
const PUSH = `import { defineFunction } from '@koyalite/functions'

export default defineFunction({
  config: { access: 'true', timeout: '2s', concurrency: 1, queues: ['work', 'pywork', 'system', 'circle', 'plain', 'slow', 'noqueue', 'gone'] },
  async handler(input: any, ctx) {
    if (input.transaction === undefined)
      return input.many ? await ctx.queue.pushMany(input.name, input.many) : await ctx.queue.push(input.name, input.payload ?? {}, input.options)
    return await ctx.db.transaction(async (tx) => {
      const pushed: unknown[] = []
      for (const step of input.transaction) {
        if (step === 'throw') throw new Error('on purpose')
        if (step === 'exit') process.exit(3)
        if (step === 'kill') process.kill(process.pid, 'SIGKILL')
        if (step === 'hang') await new Promise(() => {})
        if (step.note !== undefined) await tx.collection('notes').create({ title: step.note })
        if (step.push !== undefined) pushed.push(await tx.queue.push(step.push, step.payload ?? {}, step.options))
        if (step.outside !== undefined)
          pushed.push(await ctx.queue.push(step.outside, {}).catch((error: any) => ({ code: error.code })))
      }
      return pushed
    }, { mode: input.mode })
  },
})
`

/** Does as a job what its payload says. */
const WORK = `import { Abort, defineFunction, KoyaError, Retry } from '@koyalite/functions'

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export default defineFunction({
  config: {
    queue: { retry: { max_attempts: 3, base: '10ms', max: '20ms' }, result: true, timeout: '20s' },
    queues: ['work'],
  },
  input: { do: { type: 'string', required: true }, title: { type: 'string', maxLength: 40, required: false }, ms: { type: 'int', required: false } },
  async handler(input, ctx) {
    const title = input.title ?? input.do
    const note = () => ctx.db.collection('notes').create({ title })
    switch (input.do) {
      case 'return':
        return { auth: ctx.auth, job: { attempt: ctx.job?.attempt, key: ctx.job?.key }, chain: ctx.chain, url: ctx.request.url }
      case 'note':
        return note()
      case 'seen':
        return ctx.db.collection('notes').filter({ title }).count()
      case 'refuse':
        throw new KoyaError('OUT_OF_STOCK', 'there is nothing left', { status: 409 })
      case 'throw':
        throw new Error('it broke')
      case 'retry':
        if (ctx.job?.attempt === 1) throw new Retry({ after: 1, message: 'not yet' })
        return ctx.job?.attempt
      case 'later':
        throw new Retry({ after: '1h', message: 'tomorrow' })
      case 'abort':
        throw new Abort('no use')
      case 'exit':
        process.exit(3)
      case 'memory': {
        const kept = []
        for (;;) {
          kept.push(new Uint8Array(16_000_000).fill(1))
          await wait(1)
        }
      }
      case 'missing':
        return ctx.db.collection('notes').get('0190f0e0-0000-7000-8000-000000000000')
      case 'progress':
        await ctx.job?.progress(0.25)
        await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve))
        return 'done'
      case 'wait':
        await wait(input.ms ?? 0)
        await note()
        return 'waited'
      case 'gate':
        await ctx.db.collection('notes').create({ title: title + ' begun' })
        while ((await ctx.db.collection('notes').filter({ title: title + ' open' }).count()) === 0) await wait(20)
        return note()
      case 'until cancelled':
        await note()
        await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve))
        throw new Error('cancelled')
      case 'never':
        await note()
        await new Promise(() => {})
        return
      case 'complete':
        await ctx.db.transaction(async (tx) => {
          await tx.collection('notes').create({ title })
          await tx.queue.push('work', { do: 'note', title: title + ' after' })
        }, { completes: true })
        await wait(input.ms ?? 0)
        return 'completed'
      case 'complete twice': {
        const once = () => ctx.db.transaction(async (tx) => void (await tx.collection('notes').create({ title })), { completes: true })
        await once()
        await once()
        return
      }
    }
    return null
  },
})
`

const PYWORK = `import time

from koyalite_functions import Abort, Ctx, KoyaError, Retry, function


@function(queue={"retry": {"max_attempts": 2, "base": "10ms"}, "result": True}, queues=["work"])
def pywork(ctx: Ctx, data: dict) -> object:
    what = data["do"]
    if what == "return":
        return {"auth": ctx.auth.id if ctx.auth else None, "attempt": ctx.job.attempt}
    if what == "refuse":
        raise KoyaError("OUT_OF_STOCK", "there is nothing left", status=409)
    if what == "retry" and ctx.job.attempt == 1:
        raise Retry(after="1ms")
    if what == "abort":
        raise Abort("no use")
    if what == "progress":
        ctx.job.progress(0.25)
        while not ctx.cancelled:
            time.sleep(0.01)
    if what == "complete":
        def effects(tx):
            tx.notes.create({"title": data["title"]})
            tx.queue.push("work", {"do": "note", "title": data["title"] + " after"})

        ctx.db.transaction(effects, completes=True)
    return ctx.job.attempt
`

const SYSTEM = `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { admin: true, run_as: 'system', queue: { result: true }, queues: ['work'] },
  async handler(input: { title: string }, ctx) {
    const refused = await ctx.db.collection('notes').list().catch((error: any) => error.code)
    const note: any = await ctx.admin.db.collection('notes').create({ title: input.title })
    const { id } = await ctx.queue.push('work', { do: 'return' })
    return { auth: ctx.auth, refused, owner: note.owner_id, pushed: id }
  },
})
`

const CIRCLE = `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { queue: true, queues: ['circle'] },
  async handler(_, ctx) {
    await ctx.db.collection('notes').create({ title: 'circle' })
    await ctx.queue.push('circle', {})
  },
})
`

const SLOW = `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { queue: { timeout: '300ms', retry: { max_attempts: 2, base: '1ms' } } },
  handler: () => new Promise(() => {}),
})
`

export const FILES = {
  'functions/slow.ts': SLOW,
  'functions/push.ts': PUSH,
  'functions/work.ts': WORK,
  'functions/pywork.py': PYWORK,
  'functions/system.ts': SYSTEM,
  'functions/circle.ts': CIRCLE,
  'functions/plain.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({ config: { access: 'true', queue: true }, handler: () => 'called' })
`,
  'functions/noqueue.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({ config: { access: 'true' }, handler: (_, ctx) => ctx.queue.push('work', { do: 'return' }) })
`,
}
