import { describe, expect, test } from 'bun:test'
import { createApi, createProject, expectStatus, runKoyalite, startServer, until, useServer } from '@koyalite/testkit'
import { settledFunction } from './settled-function'

const SCHEMA = 'version: 1\ncollections:\n  notes: { fields: { id: { type: int, primary: true } } }\n'
const returning = (text: string) => `import { defineFunction } from '@koyalite/functions'
export default defineFunction({ config: { access: 'true' }, handler: () => '${text}' })
`

describe('a version that was chosen', () => {
  test('goes on serving where the file is saved as it was, which dev says; another save ends it', async () => {
    const project = createProject({ schema: SCHEMA, files: { 'functions/greet.ts': returning('one') } })
    const server = await startServer(project, { command: 'dev' })
    const functions = (...args: readonly string[]) => runKoyalite(['functions', ...args, '--dir', project.dir])
    try {
      await until(async () => (await createApi(server.url).post('/api/functions/greet', {})).body === 'one')
      project.write('functions/greet.ts', returning('two'))
      await until(() => server.output().includes('✓ greet  version 2'))
      expect((await functions('rollback', 'greet')).code).toBe(0)
      project.write('functions/greet.ts', returning('two'))
      const said =
        'greet is saved as it was  version 1 still serves, since it was chosen; version 2: functions promote greet@2'
      await until(() => server.output().includes(said), { what: () => server.output() })
      expect((await functions('invoke', 'greet')).stdout).toBe('"one"\n')
      project.write('functions/greet.ts', returning('three'))
      await until(() => server.output().includes('✓ greet  version 3'))
      expect((await functions('invoke', 'greet')).stdout).toBe('"three"\n')
    } finally {
      await server.kill('SIGKILL')
      project.remove()
    }
  }, 60_000)
})

describe('a share of the calls', () => {
  const returns = (text: string, more = "access: 'true'") => `import { defineFunction } from '@koyalite/functions'
export default defineFunction({ config: { ${more} }, handler: (_, ctx) => '${text} ' + ctx.version })
`
  const server = useServer({ schema: SCHEMA, command: 'dev', files: { 'functions/greet.ts': returns('one') } })
  const answerTo = async (number: number) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${tokens[number]}` }
    return (await (
      await fetch(`${server.process.url}/api/functions/greet`, { method: 'POST', headers, body: '{}' })
    ).json()) as string
  }
  const tokens: string[] = []
  const all = () => Promise.all(tokens.map((_, number) => answerTo(number)))
  const serve = (body: object) => server.api.post('/api/admin/functions/greet/serve', body)
  const listed = async () => expectStatus(await server.api.get('/api/admin/functions'), 200).body.functions[0]

  test('goes to another version, always that of the same callers, also after a restart', async () => {
    for (let number = 0; number < 40; number++) {
      const created = await server.api.post('/api/admin/keys', {
        name: `key ${number}`,
        scopes: [{ scope: 'functions:invoke' }],
      })
      tokens.push(created.body.key)
    }
    await until(async () => (await answerTo(0)) === 'one 1')
    server.project.write('functions/greet.ts', returns('two'))
    await until(async () => (await answerTo(0)) === 'two 2')
    expectStatus(await serve({ version: 1 }), 200)
    const split = expectStatus(await serve({ version: 2, percent: 50 }), 200).body
    expect(split).toMatchObject({ version: 1, pinned: true, split: { version: 2, percent: 50 } })
    expect(split.versions).toMatchObject([
      { version: 2, serves: false, percent: 50 },
      { version: 1, serves: true, percent: 50 },
    ])
    const first = await all()
    const moved = first.filter((answer) => answer === 'two 2').length
    expect([moved > 8, moved < 32, first.every((answer) => /^(one 1|two 2)$/.test(answer))]).toEqual([true, true, true])
    expect(await all()).toEqual(first)
    await server.restart()
    await until(async () => (await listed()).version === 1)
    expect((await listed()).split).toEqual({ version: 2, percent: 50 })
    expect(await all()).toEqual(first)
    // More of them: nobody goes back.
    expectStatus(await serve({ version: 2, percent: 90 }), 200)
    const more = await all()
    expect(first.every((answer, number) => answer === 'one 1' || more[number] === 'two 2')).toBe(true)
  })

  test('a version that is called by its number runs itself', async () => {
    const called = await Promise.all(Array.from({ length: 20 }, () => server.api.post('/api/functions/greet@1', {})))
    expect(called.map(({ body }) => body)).toEqual(called.map(() => 'one 1'))
  })

  test('ends with 0, and where one version serves as a whole', async () => {
    expectStatus(await serve({ version: 2, percent: 0 }), 200)
    expect([(await listed()).split, new Set(await all())]).toEqual([null, new Set(['one 1'])])
    expectStatus(await serve({ version: 2, percent: 10 }), 200)
    expectStatus(await serve({ version: 2 }), 200)
    expect([(await listed()).split, new Set(await all())]).toEqual([null, new Set(['two 2'])])
    expectStatus(await serve({ version: 1, percent: 10 }), 200)
    server.project.write('functions/greet.ts', returns('three'))
    await until(async () => (await listed()).version === 3)
    expect([(await listed()).split, new Set(await all())]).toEqual([null, new Set(['three 3'])])
  })

  test('is for versions that let in the same callers; the command line shows it and ends it', async () => {
    server.project.write('functions/greet.ts', returns('four', "access: 'auth.id != null'"))
    await until(async () => (await listed()).version === 4)
    const refused = expectStatus(await serve({ version: 3, percent: 10 }), 409).body.error.message
    expect(refused).toBe('Versions 4 and 3 of greet differ in access: let the one or the other serve as a whole.')
    expectStatus(await serve({ version: 9, percent: 10 }), 404)
    expectStatus(await serve({ version: 3, percent: 101 }), 422)
    expectStatus(await serve({ version: 2 }), 200)
    const run = (...args: readonly string[]) => runKoyalite(['functions', ...args, '--dir', server.project.dir])
    const shared = await run('promote', 'greet@3', '--percent', '12.5')
    expect(shared.stdout).toBe('Version 3 of greet gets 12.5 % of the calls; version 2 serves the others.\n')
    expect((await run('list')).stdout).toMatch(/greet +2 \(chosen\), 12.5 % to 3/)
    expect((await run('versions', 'greet')).stdout).toMatch(
      /3 .*UTC +12.5 % of the calls\n *2 .*UTC +serves, 87.5 % of the calls/,
    )
    expect(JSON.parse((await run('rollback', 'greet', '--json')).stdout)).toEqual({
      name: 'greet',
      version: 2,
      before: 3,
    })
    expect((await listed()).split).toBeNull()
    expect((await run('promote', 'greet@3', '--percent', '-1')).code).toBe(2)
  })
})

describe('versions of a function that runs jobs', () => {
  const works = (handler: string) => `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { queue: { retry: { max_attempts: 3, base: '10ms', max: '10ms' } }, admin: true },
  handler: async (input: any, ctx) => { ${handler} },
})
`
  /** Fails once. */
  const failing = (text: string) => works(`if (ctx.job!.attempt === 1) throw new Error('${text}'); return ctx.version`)
  /** Fails when there is a note. */
  const waiting = works(`
    await ctx.job!.progress(0.5)
    while ((await ctx.admin.db.collection('notes').count()) === 0) await new Promise((go) => setTimeout(go, 20))
    throw new Error('it has waited')`)
  const server = useServer({ schema: SCHEMA, command: 'dev', files: { 'functions/work.ts': failing('one') } })
  const serves = (version: number) => until(async () => (await settledFunction(server, 'work')).version === version)
  const push = async () =>
    expectStatus(await server.api.post('/api/admin/jobs', { name: 'work', payload: {} }), 201).body.id as string
  const done = (id: string) =>
    until(async () => {
      const { body } = await server.api.get(`/api/admin/jobs/${id}`)
      return body.state === 'done' ? body : undefined
    })
  const versionsOf = async (id: string): Promise<readonly number[]> => {
    const { body } = await server.api.get(`/api/admin/functions/executions?request_id=${id}`)
    return body.executions.map(({ version }: { version: number }) => version).toReversed()
  }

  test('a share of the calls is one of jobs: all runs of a job are of one version', async () => {
    await serves(1)
    server.project.write('functions/work.ts', failing('two'))
    await serves(2)
    expectStatus(await server.api.post('/api/admin/functions/work/serve', { version: 1, percent: 50 }), 200)
    const ids = await Promise.all(Array.from({ length: 24 }, push))
    const runs = await Promise.all(
      ids.map(async (id) => {
        await done(id)
        return (await versionsOf(id)).join()
      }),
    )
    expect(new Set(runs)).toEqual(new Set(['1,1', '2,2']))
  })

  test('a new version takes over from the next run on: the one that runs ends as it began', async () => {
    server.project.write('functions/work.ts', waiting)
    await serves(3)
    const id = await push()
    // Its code has begun: a run that still waits for an instance is begun anew by the version of then.
    await until(async () => (await server.api.get(`/api/admin/jobs/${id}`)).body.progress === 0.5)
    server.project.write('functions/work.ts', failing('four'))
    await serves(4)
    expect((await server.api.get(`/api/admin/jobs/${id}`)).body).toMatchObject({ state: 'running', attempt: 1 })
    expectStatus(await server.api.post('/api/collections/notes', { id: 1 }), 201)
    expect(await done(id)).toMatchObject({ attempt: 2 })
    expect(await versionsOf(id)).toEqual([3, 4])
  })

  test('a version that runs no jobs gets no share of them', async () => {
    server.project.write('functions/work.ts', works('return ctx.version').replace(/queue: .*?, admin/, 'admin'))
    await serves(5)
    const { body } = expectStatus(
      await server.api.post('/api/admin/functions/work/serve', { version: 4, percent: 50 }),
      409,
    )
    expect(body.error.message).toInclude('differ in whether it runs jobs (queue)')
  })
})
