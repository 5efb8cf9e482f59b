import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { cpSync, mkdirSync } from 'node:fs'
import {
  createApi,
  createKey,
  createProject,
  runKoyalite,
  startServer,
  type TempProject,
  until,
} from '@koyalite/testkit'

setDefaultTimeout(180_000)

const DIGEST = `import { Abort, defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { queue: { name: 'mail' } },
  input: { week: { type: 'int' } },
  handler({ week }) {
    if (week > 53) throw new Abort('no year has a week ' + week)
  },
})
`
const FILES = { 'functions/digest.ts': DIGEST, 'payload.json': '{"week":54}' }

describe('jobs on the command line', () => {
  let project: TempProject
  beforeAll(() => {
    project = createProject({ schema: 'version: 1\ncollections: {}\n', files: FILES })
  })
  afterAll(() => project.remove())
  const run = (...args: readonly string[]) => runKoyalite(['jobs', ...args, '--dir', project.dir])
  const json = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await run(...args, '--json')
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`)
    return JSON.parse(stdout)
  }

  test('one is pushed, shown, cancelled, run again and deleted without a server', async () => {
    expect((await run('list')).stderr).toContain('There are no jobs.')
    const pushed = await run('push', 'digest', '--payload', '{"week":1}', '--key', 'first', '--priority', '-3')
    expect([pushed.code, pushed.stderr]).toEqual([0, expect.stringContaining('the job waits for one')])
    const [, id = ''] = /^Pushed digest (\S+)\.$/m.exec(pushed.stdout) ?? []
    const again = await run('push', 'digest', '--payload', '{"week":2}', '--key', 'first')
    expect(again.stdout).toBe(`Job ${id} has this key; nothing was pushed.\n`)
    expect(
      await json('push', 'digest', '--payload', '{"week":3}', '--key', 'first', '--on-conflict', 'replace'),
    ).toEqual({
      id,
      created: false,
    })
    const shown = await run('show', id)
    expect(shown.stdout).toMatch(/^queue +mail$/m)
    expect(shown.stdout).toMatch(/^payload +\{"week":3\}$/m)

    expect((await run('cancel', id)).stdout).toBe(`Cancelled digest ${id}.\n`)
    expect((await json('list', '--state', 'cancelled')).jobs).toMatchObject([{ id, name: 'digest', key: 'first' }])
    expect((await run('list', '--state', 'dead')).stderr).toContain('No job matches.')
    expect((await run('retry', id)).stdout).toStartWith(`digest ${id} runs again.`)
    expect(await json('delete', id)).toEqual({ id, deleted: true })
    const gone = await run('show', id)
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining('koyalite jobs list')])
  })

  test('what is not right is refused, and says why', async () => {
    for (const [args, code, says] of [
      [['push', 'nobody'], 1, "'nobody'"],
      [['push', 'digest'], 1, 'week'],
      [['push', 'digest', '--payload', '{'], 2, '--payload is not JSON'],
      [['push', 'digest', '--payload', '@nowhere.json'], 2, 'nowhere.json cannot be read'],
      [['push', 'digest', '--delay', '1m', '--run-at', '2030-01-01T00:00:00Z'], 2, 'cannot be used with'],
      [['push', 'digest', '--delay', 'soon'], 1, 'a duration like 500ms'],
      [['push', 'digest', '--priority', '11'], 2, 'from -10 to 10'],
      [['list', '--state', 'lost'], 2, 'Allowed choices'],
      [['release'], 2, '--copied'],
    ] as const) {
      const { code: ended, stderr } = await run(...args)
      expect([args, ended, stderr]).toEqual([args, code, expect.stringContaining(says)])
    }
  })

  test('a paused queue holds its jobs back until it is resumed; what fails is listed with its error', async () => {
    expect((await run('pause', 'mial')).stderr).toContain('No function uses a queue named mial')
    expect(await json('resume', 'mial')).toEqual({ queue: 'mial', paused: false })
    expect(await json('pause', 'mail')).toEqual({ queue: 'mail', paused: true })
    const server = await startServer(project, {})
    try {
      const good = await json('push', 'digest', '--payload', '{"week":4}')
      const bad = await json('push', 'digest', '--payload', `@${project.path('payload.json')}`)
      expect((await json('show', good.id)).why).toContain('paused')
      expect((await run('queues')).stdout).toMatch(/^mail +2 +0 +0 of \d+ .* paused /m)
      expect((await run('resume', 'mail')).stdout).toBe('Resumed mail.\n')
      const stateOf = async (id: string) => (await json('show', id)).state
      await until(async () => (await stateOf(good.id)) === 'done' && (await stateOf(bad.id)) === 'dead')
      expect((await run('list', '--state', 'dead')).stdout).toContain('no year has a week 54')
      expect((await run('show', bad.id)).stdout).toContain('no year has a week 54')
      const over = await run('cancel', good.id)
      expect([over.code, over.stderr]).toEqual([1, expect.stringContaining('This job is over')])
    } finally {
      await server.kill('SIGTERM')
    }
  })

  test('in a copy, what waited is released once somebody agrees; payloads are not in the history of commands', async () => {
    await json('push', 'digest', '--payload', '{"week":5}', '--delay', '1h')
    const copy = createProject({ schema: 'version: 1\ncollections: {}\n', files: FILES })
    try {
      mkdirSync(copy.path('data'), { recursive: true })
      cpSync(project.path('data/koyalite.db'), copy.path('data/koyalite.db'))
      const inCopy = (...args: readonly string[]) => runKoyalite(['jobs', ...args, '--dir', copy.dir])
      expect((await inCopy('queues')).stderr).toContain('1 job has been held since this project was copied')
      const asked = await inCopy('release', '--copied')
      expect([asked.code, asked.stderr]).toEqual([1, expect.stringContaining('Pass --yes')])
      expect((await inCopy('release', '--copied', '--yes')).stdout).toBe('Released 1 job.\n')
      expect((await inCopy('release', '--copied')).stderr).toContain('No jobs or emails are held.')
    } finally {
      copy.remove()
    }
    const server = await startServer(project, {})
    try {
      const { body } = await createApi(server.url, await createKey(project)).get('/api/admin/commands')
      const commands = body.commands.map(({ command }: { readonly command: string }) => command)
      expect(
        commands.some((command: string) => command.startsWith('koyalite jobs push digest --payload … --delay')),
      ).toBe(true)
      expect(JSON.stringify(commands)).not.toContain('week')
    } finally {
      await server.kill('SIGTERM')
    }
  })
})
