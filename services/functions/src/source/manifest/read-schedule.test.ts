import { expect, test } from 'bun:test'
import { DEFAULT_SCHEDULE } from '@koyalite/contracts'
import { parseManifest } from './read-manifest'

const read = (schedule: string) => parseManifest(`schedule: ${schedule}\n`, { file: 'f.yaml' })

test.each([
  ['"0 8 * * *"', { ...DEFAULT_SCHEDULE, cron: '0 8 * * *' }],
  ['{ cron: "@daily", jitter: 1h }', { ...DEFAULT_SCHEDULE, cron: '@daily', jitterMs: 3_600_000 }],
  ['{ cron: "@daily", payload: [1, { a: null }] }', { ...DEFAULT_SCHEDULE, cron: '@daily', payload: [1, { a: null }] }],
])('schedule: %s', (text, schedule) => {
  const { values, problems } = read(text)
  expect(problems).toEqual([])
  expect(values.schedule as unknown).toEqual(schedule)
})

test.each([
  ['true', `'schedule' must be a pattern like "0 8 * * *", or a map like`],
  ['{ timezone: UTC }', `'schedule' needs 'cron', like "0 8 * * *"`],
  ['{ cron: "@daily", missed: twice }', "'schedule.missed' must be 'run_once' or 'skip', not 'twice'"],
  ['{ cron: "@daily", zone: UTC }', "unknown key 'zone' in 'schedule'"],
])('schedule: %s is refused', (text, message) => {
  const { values, problems } = read(text)
  expect(values.schedule).toBeUndefined()
  expect(problems[0]?.message).toContain(message)
})
