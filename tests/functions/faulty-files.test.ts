import { describe, expect, test } from 'bun:test'
import { expectStatus, until, useServer } from '@koyalite/testkit'

const SCHEMA = 'version: 1\ncollections:\n  notes: { fields: { id: { type: int, primary: true } } }\n'
const fine = (text: string) => `import { defineFunction } from '@koyalite/functions'
export default defineFunction({ config: { access: 'true' }, handler: () => '${text}' })
`

describe('a function that does not load', () => {
  const server = useServer({
    schema: SCHEMA,
    command: 'dev',
    files: {
      'functions/fine.ts': fine('one'),
      'functions/hangs.ts': 'while (true) {}\nexport default { fetch: () => new Response("a") }\n',
    },
  })
  const call = async () => (await server.anonymous.post('/api/functions/fine', {})).body
  const stateOf = async (name: string) =>
    expectStatus(await server.api.get('/api/admin/functions'), 200).body.functions.find(
      (one: { name: string }) => one.name === name,
    )

  test('holds up no other: not at the start, and not when another is saved', async () => {
    const started = performance.now()
    await until(async () => (await call()) === 'one')
    expect((await stateOf('hangs')).problems).toEqual([expect.stringMatching(/still being loaded|start_timeout/)])
    server.project.write('functions/fine.ts', fine('two'))
    await until(async () => (await call()) === 'two')
    expect(performance.now() - started).toBeLessThan(9_000)
    await until(async () => (await stateOf('hangs')).problems[0].includes('start_timeout'), { withinMs: 20_000 })
    // It is not tried again with every change of another.
    const saved = performance.now()
    server.project.write('functions/fine.ts', fine('three'))
    await until(async () => (await call()) === 'three')
    expect(performance.now() - saved).toBeLessThan(5_000)
    expect((await stateOf('hangs')).problems[0]).toInclude('start_timeout')
  }, 60_000)

  test('a second file of its name takes nothing away', async () => {
    server.project.write('functions/fine.js', 'export default 1\n')
    await until(async () => (await stateOf('fine')).problems.length > 0)
    expect((await stateOf('fine')).problems[0]).toInclude('has the same name as')
    expect(await call()).toBe('three')
  })
})
