import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { createProject, runKoyalite, type TempProject } from '@koyalite/testkit'

setDefaultTimeout(180_000)

let project: TempProject
beforeAll(() => {
  project = createProject({ schema: 'version: 1\ncollections: {}\n' })
})
afterAll(() => project.remove())
const run = (...args: readonly string[]) => runKoyalite(['mail', ...args, '--dir', project.dir])

test('emails are listed, and those that are not there are named', async () => {
  expect((await run('list')).stderr).toContain('There are no emails.')
  expect(JSON.parse((await run('list', '--state', 'failed', '--json')).stdout)).toEqual({
    mails: [],
    next_cursor: null,
  })
  for (const verb of ['show', 'resend']) {
    const { code, stderr } = await run(verb, 'nothing')
    expect([code, stderr]).toEqual([1, expect.stringContaining('koyalite mail list')])
  }
  expect((await run('list', '--state', 'lost')).code).toBe(2)
})

test('suppressions are added, listed and removed', async () => {
  expect((await run('suppressions', 'list')).stderr).toContain('No address is suppressed.')
  const added = await run('suppressions', 'add', 'Ann@example.com', '--note', 'asked for it')
  expect(added.stdout).toBe('No more emails are sent to ann@example.com.\n')
  const { stdout } = await run('suppressions', 'list', '--json')
  expect(JSON.parse(stdout).suppressions).toMatchObject([{ address: 'ann@example.com', reason: 'manual' }])
  expect((await run('suppressions', 'add', 'Ann <ann@example.com>')).stderr).toContain('one plain email address')
  expect((await run('suppressions', 'remove', 'ann@example.com')).stdout).toBe(
    'Emails to ann@example.com are allowed again.\n',
  )
  expect((await run('suppressions', 'remove', 'ann@example.com')).stderr).toContain('is not suppressed')
})
