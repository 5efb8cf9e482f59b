import { expect, test } from 'bun:test'
import { until, useServer } from '@koyalite/testkit'

const SCHEMA = `version: 1
collections:
  events:
    fields:
      id: { type: uuid, primary: true, default: auto }
      at: { type: timestamp, default: now }
      picture: { type: blob, nullable: true }
      place: { type: string, nullable: true, clients: { name: where } }
    rules: { create: "true", read: "true" }
`

const VALUES = `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true' },
  async handler(_, ctx) {
    const made = await ctx.db.events.create({ at: new Date(0), picture: new Uint8Array([1, 2]), where: 'here' })
    const event = await ctx.db.events.get(made.id)
    return [event.at instanceof Date, event.picture instanceof Uint8Array, event.where, event]
  },
})
`

const LATE = `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true' },
  handler(_, ctx) {
    void (async () => { await Bun.sleep(300); console.log('after the answer'); throw new Error('nobody waits') })()
    setTimeout(() => ctx.db.events.list().catch((error) => console.log('refused', error.code)), 300)
    return 'answered'
  },
})
`

const WAITS = `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true' },
  async handler(_, ctx) {
    if (!ctx.signal.aborted) await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve))
    console.log('stopped by', ctx.signal.reason.name)
  },
})
`

const server = useServer({
  schema: SCHEMA,
  files: { 'functions/values.ts': VALUES, 'functions/late.ts': LATE, 'functions/waits.ts': WAITS },
})

const call = (name: string, init?: RequestInit) =>
  fetch(`${server.process.url}/api/functions/${name}`, { method: 'POST', body: '{}', ...init })

interface Execution {
  readonly logs: readonly { readonly level: string; readonly message: string }[]
}

/** The log of the last call, once it has as many lines. */
async function messages(name: string, count: number): Promise<readonly string[]> {
  return until(async () => {
    const { body } = await server.api.get(`/api/admin/functions/executions?function=${name}`)
    const [execution] = body.executions as readonly Execution[]
    const logs = execution?.logs ?? []
    return logs.length >= count ? logs.map(({ message }) => message) : undefined
  })
}

test('documents have the values of typed clients', async () => {
  const response = await call('values')
  expect(await response.json()).toEqual([
    ...[true, true, 'here'],
    { id: expect.any(String), at: '1970-01-01T00:00:00.000Z', picture: 'AQI=', where: 'here' },
  ])
})

test('what a call has left running may log for a while, and nothing else', async () => {
  expect(await (await call('late')).json()).toBe('answered')
  expect(await messages('late', 3)).toEqual(
    expect.arrayContaining(['after the answer', 'nobody caught Error: nobody waits', 'refused UNAUTHENTICATED']),
  )
  expect(await (await call('late')).json()).toBe('answered')
})

test('a call whose caller goes is aborted', async () => {
  const controller = new AbortController()
  const left = call('waits', { signal: controller.signal }).catch(({ name }) => name)
  await until(async () => (await server.api.get('/metrics')).text.includes('function_calls_running 1'))
  controller.abort()
  expect(await left).toBe('AbortError')
  expect(await messages('waits', 1)).toEqual(['stopped by AbortError'])
})
