import { expect, test } from 'bun:test'
import { createBackupSchedule, scheduleProblem } from './backup-schedule'

test.each(['0 3 * * *', '*/5 * * * *', '30 2 * * 1-5', '0 0 1 * *', '* * * * * *', '@daily'])(
  '%p is a schedule',
  (line) => {
    expect(scheduleProblem(line)).toBeNull()
  },
)

test.each(['', 'every day', '61 * * * *', '* * * *', '0 0 30 2 *'])('%p is none', (line) => {
  expect(scheduleProblem(line)).toEqual(expect.any(String))
})

test('a run is noted, also one that fails; another plan replaces the one before', async () => {
  const runs: string[] = []
  const ran = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const schedule = createBackupSchedule(async ({ keep }) => {
    runs.push(JSON.stringify(keep))
    ran[runs.length - 1]?.resolve()
    if (runs.length > 1) throw new Error('no space')
    return '/backups/x'
  })
  expect(schedule.next()).toBeNull()
  schedule.follow({ schedule: '* * * * * *', keep: { count: 3 } })
  expect(schedule.next()).toEqual(expect.any(String))
  await ran[0]?.promise
  schedule.follow({ schedule: '* * * * * *', keep: { count: 4 } })
  await ran[1]?.promise
  await Promise.resolve()
  schedule.stop()
  expect(runs).toEqual(['{"count":3}', '{"count":4}'])
  expect(schedule.last()).toMatchObject({ ok: false, message: 'no space' })
  expect(() => schedule.follow({ schedule: 'x', keep: { count: 1 } })).toThrow(RangeError)
  expect(schedule.plan().keep).toEqual({ count: 4 })
})

test('a reload whose settings are the same leaves the plan that was set since alone; one with others is followed', () => {
  const schedule = createBackupSchedule(async () => '')
  const ofSettings = { schedule: '0 3 * * *', keep: { count: 7 } }
  schedule.followSettings(ofSettings)
  schedule.follow({ schedule: '0 4 * * *', keep: { count: 2 } })
  schedule.followSettings({ ...ofSettings })
  expect(schedule.plan()).toEqual({ schedule: '0 4 * * *', keep: { count: 2 } })
  schedule.followSettings({ ...ofSettings, schedule: null })
  expect([schedule.plan().schedule, schedule.next()]).toEqual([null, null])
  schedule.stop()
})
