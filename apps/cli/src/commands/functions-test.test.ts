import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { createProject, runKoyalite, type TempProject } from '@koyalite/testkit'

setDefaultTimeout(120_000)

const SCHEMA = `version: 1
collections:
  notes:
    fields:
      id: { type: uuid, primary: true, default: auto }
      text: { type: string }
      owner_id: { type: uuid, references: users.id, default: auth.id }
    rules: { create: "auth.id != null", read: "doc.owner_id == auth.id" }
  plans:
    fields: { id: { type: string, primary: true } }
`

const KEEP = `import { defineFunction } from '@koyalite/functions'

export default defineFunction({
  config: { access: 'auth.id != null' },
  input: { text: 'string' },
  async handler({ text }, ctx) {
    ctx.log.info('keeps', { text })
    await ctx.db.notes.create({ text })
    return (await ctx.db.notes.list()).length
  },
})
`

const LATER = `import { defineFunction } from '@koyalite/functions'

export default defineFunction({
  config: { access: 'auth.id != null', queue: { result: true, retry: { base: '1ms' } }, queues: ['later'] },
  input: { text: 'string', again: { type: 'bool', required: false } },
  async handler({ text, again }, ctx) {
    if (ctx.job === null) {
      await ctx.queue.push('later', { text: 'tomorrow' }, { delay: '1d', key: text })
      return (await ctx.queue.push('later', { text, again: true })).created
    }
    if (ctx.job.attempt === 1 && again) throw new Error('the first time')
    if (again) await ctx.queue.push('later', { text: text + '!' })
    await ctx.db.notes.create({ text })
    return text
  },
})
`

const LATER_TEST = `import { expect, test } from 'bun:test'
import { useProject } from '@koyalite/functions/testing'

const project = useProject()

for (const time of ['first', 'second'])
  test('jobs are drained, and are of one test: the ' + time, async () => {
    const ann = await project.signIn()
    expect(await project.jobs.drain()).toEqual([])
    expect(await project.call('later', { text: 'a' }, { as: ann })).toBe(true)
    const jobs = await project.jobs.drain()
    expect(jobs.map(({ name, state, attempt, result }) => [name, state, attempt, result])).toEqual([
      ['later', 'waiting', 0, null],
      ['later', 'done', 2, 'a'],
      ['later', 'done', 1, 'a!'],
    ])
    expect((await project.dbAs(ann).notes.list()).map(({ text }) => text).sort()).toEqual(['a', 'a!'])
  })
`

const GREET = `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  handler: (_, ctx) => ctx.mail.send({ to: 'ann@example.com', template: 'welcome', props: { name: 'Ann' } }),
})
`
const WELCOME = `export const subject = ({ name }) => 'Hello ' + name
export default ({ name }) => <p>It is good to have you here, {name}.</p>
`

const KEEP_TEST = `import { describe, expect, test } from 'bun:test'
import { KoyaError } from '@koyalite/functions'
import { useProject } from '@koyalite/functions/testing'

const project = useProject()

describe('notes', () => {
  for (const time of ['first', 'second']) {
    test('belong to whoever keeps them, and to one test: the ' + time, async () => {
      const [ann, ben] = await Promise.all([project.signIn(), project.signIn({ email: 'ben@example.com' })])
      expect(await project.call('keep', { text: 'a' }, { as: ann })).toBe(1)
      expect(await project.call('keep', { text: 'b' }, { as: ben })).toBe(1)
      expect(await project.dbAs(ann).notes.list()).toMatchObject([{ text: 'a', owner_id: ann.id }])
      expect(await project.db.notes.list()).toHaveLength(2)
      // Of the seeds, whatever an earlier test has done.
      expect(await project.db.plans.list()).toEqual([{ id: 'free' }])
      await project.db.plans.create({ id: 'pro' })
      const calls = await project.executions('keep')
      expect(calls.map(({ status, logs }) => [status, logs[0]?.message])).toEqual([['ok', 'keeps'], ['ok', 'keeps']])
    })
  }
})

test('errors are those of clients', async () => {
  const error = await project.call('keep', { text: 'a' }).catch((thrown) => thrown)
  expect(error).toBeInstanceOf(KoyaError)
  expect([error.code, error.status]).toEqual(['UNAUTHENTICATED', 401])
  expect((await project.fetch('/api/functions/nothing', { method: 'POST', as: 'service' })).status).toBe(404)
  expect(await project.mails()).toEqual([])
})

test('emails are there as they would be sent', async () => {
  await project.call('greet', {}, { as: 'service' })
  const text = 'It is good to have you here, Ann.'
  const [mail] = await project.mails()
  expect(mail).toMatchObject({ to: 'ann@example.com', subject: 'Hello Ann', template: 'welcome', text })
  expect(mail.html).toContain('<p>It is good')
})
`

describe('functions test', () => {
  let project: TempProject
  beforeAll(() => {
    project = createProject({
      schema: SCHEMA,
      files: {
        'seeds/plans.yaml': '- { id: free }\n',
        'functions/keep.ts': KEEP,
        'functions/keep.test.ts': KEEP_TEST,
        'functions/greet.ts': GREET,
        'emails/welcome.tsx': WELCOME,
        'functions/later.ts': LATER,
        'functions/later.test.ts': LATER_TEST,
      },
    })
  })
  afterAll(() => project.remove())
  const run = (...args: readonly string[]) => runKoyalite(['functions', ...args, '--dir', project.dir])

  test('serves the project for its tests: with users, rights, seeds and logs, afresh for each of them', async () => {
    const { code, stdout, stderr } = await run('test', '--json')
    expect([code, stderr.includes('(pass) errors are those of clients')]).toEqual([0, true])
    const name = 'notes > belong to whoever keeps them, and to one test: the first'
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, passed: 6, failed: 0, skipped: 0 })
    expect(JSON.parse(stdout).tests[0]).toMatchObject({ file: 'functions/keep.test.ts', name, status: 'passed' })
    // Neither a database nor keys: the project's own are not touched.
    expect(['koyalite.db', 'keys'].map((name) => existsSync(project.path(`data/${name}`)))).toEqual([false, false])
  })

  test('what new writes passes; a failure fails, and what does not load too', async () => {
    for (const args of [['hello'], ['admins', '--access', "auth.role == 'admin'"], ['hook', '--raw']])
      expect((await run('new', ...args, '--test')).code).toBe(0)
    const { code, stderr } = await run('test', 'hello', 'admins', 'functions/hook.test.ts')
    expect([code, stderr]).toEqual([0, expect.stringContaining('5 pass')])
    project.write(
      'functions/wrong.test.ts',
      "import { test } from 'bun:test'\ntest('a', () => { throw new Error('<b>') })\n",
    )
    const failed = await run('test', 'wrong', '--json')
    expect([failed.code, JSON.parse(failed.stdout)]).toMatchObject([
      1,
      { ok: false, failed: 1, tests: [{ name: 'a', status: 'failed', message: '<b>' }] },
    ])
    project.write('functions/broken.test.ts', "throw new Error('not at all')\n")
    const broken = await run('test', 'broken')
    expect([broken.code, broken.stderr]).toEqual([1, expect.stringContaining('not at all')])
    expect((await run('test', 'nobody')).code).toBe(2)
  })

  test('never with the data of production', async () => {
    const args = ['functions', 'test', '--dir', project.dir]
    const { code, stderr } = await runKoyalite(args, { env: { KOYALITE_ENV: 'production' } })
    expect([code, stderr]).toEqual([1, expect.stringContaining('tests run in dev or staging')])
  })
})
