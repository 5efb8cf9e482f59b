import { expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { expectStatus, until, useServer } from '@koyalite/testkit'
import { settledFunction } from '../settled-function'
import { SCHEMA } from './project'

const nightly = (config: string) => `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: ${config},
  input: { what: { type: 'string', required: false } },
  async handler(input, ctx) {
    const refused = await ctx.db.collection('notes').list().catch((error: any) => error.code)
    await ctx.admin.db.collection('notes').create({ title: [input.what, ctx.auth, refused].join() })
  },
})
`
const EVERY_SECOND = `{ admin: true, schedule: { cron: '* * * * * *', payload: { what: 'tick' } } }`

const server = useServer({
  schema: SCHEMA,
  files: {
    'functions/tick.ts': nightly(EVERY_SECOND),
    'functions/nightly.ts': nightly("{ admin: true, schedule: '0 3 * * *' }"),
    'functions/wrong.ts': nightly(
      "{ admin: true, schedule: { cron: '0 8 * *', timezone: 'Europe/Berln', payload: { what: 5 } } }",
    ),
  },
})

const schedules = async () => {
  const { body } = expectStatus(await server.api.get('/api/admin/schedules'), 200)
  return (body.schedules as readonly { readonly name: string; readonly cron: string }[])
    .map(({ name, cron }) => `${name} ${cron}`)
    .sort()
}

test('a function with a schedule runs by itself, and nobody is its caller', async () => {
  await until(async () => (await schedules()).length === 2)
  expect(await schedules()).toEqual(['nightly 0 3 * * *', 'tick * * * * * *'])
  const { docs } = await until(async () => {
    const { body } = await server.api.get('/api/collections/notes')
    return body.docs.length > 0 ? body : undefined
  })
  expect(docs[0].title).toBe('tick,,NO_CALLER')
})

test('what is wrong with a schedule is said when it is loaded', async () => {
  const { problems, version } = await settledFunction(server, 'wrong')
  expect(version).toBeNull()
  const said = problems.join('\n')
  for (const part of ["'schedule.cron'", "'schedule.timezone'", 'Europe/Berlin', "'schedule.payload': what"])
    expect(said).toContain(part)
})

test('schedules follow the manifests, also over a restart', async () => {
  server.project.write('functions/nightly.ts', nightly("{ admin: true, schedule: '30 4 * * *' }"))
  rmSync(server.project.path('functions/tick.ts'))
  await server.restart()
  await until(async () => (await schedules()).join() === 'nightly 30 4 * * *')
  server.project.write('functions/nightly.ts', nightly('{ admin: true }'))
  await server.restart()
  await until(async () => (await schedules()).length === 0)
  rmSync(server.project.path('functions/nightly.ts'))
  rmSync(server.project.path('functions/wrong.ts'))
})
