import { expect, test } from 'bun:test'
import { AppError } from '@koyalite/contracts'
import { readPushes } from './asked-push'

const NOW = Date.parse('2026-01-01T00:00:00Z')

test('a push with all that may be said of it', () => {
  const job = { name: 'mail', payload: { to: [1, null] }, delay: '10m', priority: -3, key: 'k', group: 'g' }
  const more = { on_conflict: 'replace', key_for: 1_000 }
  expect(readPushes({ jobs: [{ ...job, ...more }] }, NOW)).toEqual([
    {
      ...{ name: 'mail', payload: { to: [1, null] }, runAt: NOW + 600_000, priority: -3, key: 'k', group: 'g' },
      ...{ onConflict: 'replace', keyForMs: 1_000 },
    },
  ])
})

test('payloads are passed on as they are, and not walked through', () => {
  const payload = JSON.parse('{"__proto__":{"a":1},"constructor":[]}')
  const [push] = readPushes({ jobs: [{ name: 'mail', payload }] }, NOW)
  expect(push?.payload).toBe(payload)
})

test.each([
  [{}, undefined],
  [{ delay: 0 }, NOW],
  [{ delay: 1.6 }, NOW + 2],
  [{ run_at: '2026-01-01T02:00:00+01:00' }, NOW + 3_600_000],
  [{ run_at: NOW + 5 }, NOW + 5],
])('when it runs: %o', (sent, runAt) => {
  expect(readPushes({ jobs: [{ name: 'mail', ...sent }] }, NOW)).toEqual([
    { name: 'mail', payload: {}, ...(runAt !== undefined && { runAt }) },
  ])
})

test.each<[unknown, string]>([
  [null, ''],
  [{ jobs: [] }, 'jobs'],
  [{ jobs: Array.from({ length: 1_001 }, () => ({ name: 'mail' })) }, 'jobs'],
  [{ jobs: [{}] }, 'jobs.0.name'],
  [{ jobs: [{ name: 'mail' }, { name: 'mail', delay: 'soon' }] }, 'jobs.1.delay'],
  [{ jobs: [{ name: 'mail', run_at: 'tomorrow' }] }, 'jobs.0.run_at'],
  [{ jobs: [{ name: 'mail', run_at: '5' }] }, 'jobs.0.run_at'],
  [{ jobs: [{ name: 'mail', delay: 1, run_at: NOW }] }, 'jobs.0.delay'],
  [{ jobs: [{ name: 'mail', retries: 1 }] }, 'jobs.0.retries'],
  [{ jobs: [{ name: 'mail', on_conflict: 'skip' }] }, 'jobs.0.on_conflict'],
])('what is wrong with it: %#', (sent, field) => {
  try {
    readPushes(sent, NOW)
    expect.unreachable()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    expect(error.code).toBe('VALIDATION_ERROR')
    expect(error.details.map((detail) => detail.field)).toEqual([field])
  }
})
