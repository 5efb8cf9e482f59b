import { expect, test } from 'bun:test'
import { createMetrics, createTasks, NO_LOG } from '@koyalite/kernel'
import { createBackupSchedule } from './backup-schedule'

const newTasks = () => createTasks({ log: NO_LOG, metrics: createMetrics() })

test('a run is noted, also one that fails; another plan replaces the one before', async () => {
  const runs: string[] = []
  const tasks = newTasks()
  const ran = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const schedule = createBackupSchedule(tasks, async ({ keep }) => {
    runs.push(JSON.stringify(keep))
    ran[runs.length - 1]?.resolve()
    if (runs.length > 1) throw new Error('no space')
    return '/backups/x'
  })
  tasks.start()
  expect(schedule.next()).toBeNull()
  schedule.follow({ schedule: '* * * * * *', keep: { count: 3 } })
  expect(schedule.next()).toEqual(expect.any(String))
  await ran[0]?.promise
  schedule.follow({ schedule: '* * * * * *', keep: { count: 4 } })
  await ran[1]?.promise
  while (tasks.find('backups.create')?.status().isRunning) await Promise.resolve()
  await tasks.close()
  expect(runs).toEqual(['{"count":3}', '{"count":4}'])
  expect(schedule.last()).toMatchObject({ ok: false, message: 'no space' })
  expect(() => schedule.follow({ schedule: 'x', keep: { count: 1 } })).toThrow(RangeError)
  expect(schedule.plan().keep).toEqual({ count: 4 })
})

test('a reload whose settings are the same leaves the plan that was set since alone; one with others is followed', () => {
  const schedule = createBackupSchedule(newTasks(), async () => '')
  const ofSettings = { schedule: '0 3 * * *', keep: { count: 7 } }
  schedule.followSettings(ofSettings)
  schedule.follow({ schedule: '0 4 * * *', keep: { count: 2 } })
  schedule.followSettings({ ...ofSettings })
  expect(schedule.plan()).toEqual({ schedule: '0 4 * * *', keep: { count: 2 } })
  schedule.followSettings({ ...ofSettings, schedule: null })
  expect([schedule.plan().schedule, schedule.next()]).toEqual([null, null])
})

test('a server that stops does not wait for a backup', async () => {
  const tasks = newTasks()
  createBackupSchedule(tasks, () => new Promise(() => {}))
  void tasks.find('backups.create')?.run()
  await tasks.close()
})
