import { describe, expect, test } from 'bun:test'
import { createApi, createKey, expectError, expectStatus, useServer } from '@koyalite/testkit'

const server = useServer({
  schema: 'version: 1\ncollections: { notes: { fields: { id: { type: uuid, primary: true, default: auto } } } }\n',
  settings: 'backups: { schedule: "0 3 1 1 *" }\n',
})

interface TaskView {
  readonly name: string
  readonly schedule: string | null
  readonly next: string | null
  readonly runs: number
  readonly last: { readonly ok: boolean } | null
}

const listed = async (): Promise<readonly TaskView[]> =>
  expectStatus(await server.api.get('/api/admin/tasks'), 200).body.tasks

describe('background tasks', () => {
  test('are listed with their schedule and their last outcome', async () => {
    const tasks = await listed()
    expect(tasks.map(({ name }) => name).sort()).toEqual([
      'audit.prune',
      'auth.sweep',
      'backups.create',
      'changes.prune',
      'functions.prune',
      'jobs.prune',
      'mail.deliver',
      'mail.render',
      'observe.measure',
      'schedules.fire',
      'webhooks.deliver',
      'webhooks.prune',
    ])
    const named = Object.fromEntries(tasks.map((task) => [task.name, task]))
    expect(named['audit.prune']).toMatchObject({ schedule: 'every day', runs: 1, last: { ok: true } })
    expect(named['auth.sweep']).toMatchObject({ schedule: 'every 10 minutes', next: expect.any(String) })
    expect(named['backups.create']).toMatchObject({ schedule: '0 3 1 1 *', runs: 0, last: null })
    expect(new Date(named['backups.create']?.next ?? '').getMonth()).toBe(0)
  })

  test('can be run now with the right to, which is audited', async () => {
    const { api } = server
    const { body } = expectStatus(await api.post('/api/admin/tasks/auth.sweep/run', {}), 200)
    expect(body).toMatchObject({ name: 'auth.sweep', running: false, runs: 1, last: { ok: true }, failures: 0 })
    expectError(await api.post('/api/admin/tasks/nothing/run', {}), 'NOT_FOUND')
    const { entries } = expectStatus(await api.get('/api/admin/audit?event=task.run'), 200).body
    expect(entries).toMatchObject([
      { event: 'task.run', outcome: 'success', target: { kind: 'task', id: 'auth.sweep' } },
    ])
    const metrics = (await api.get('/metrics')).text
    expect(metrics).toContain('koyalite_task_runs_total{task="auth.sweep"} 1\n')
  })

  test('are hidden from others', async () => {
    const other = createApi(server.process.url, await createKey(server.project, 'data:write'))
    for (const [api, code] of [
      [server.anonymous, 'UNAUTHENTICATED'],
      [other, 'FORBIDDEN'],
    ] as const) {
      expectError(await api.get('/api/admin/tasks'), code)
      expectError(await api.post('/api/admin/tasks/auth.sweep/run', {}), code)
    }
  })
})
