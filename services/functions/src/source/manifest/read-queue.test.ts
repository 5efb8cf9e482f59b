import { expect, test } from 'bun:test'
import { DEFAULT_RETRY } from '@koyalite/contracts'
import { checkConfig, parseManifest } from './read-manifest'

const read = (queue: string) => parseManifest(`queue: ${queue}\n`, { file: 'f.yaml' })
const DEFAULTS = {
  name: 'default',
  timeout: 900_000,
  retry: DEFAULT_RETRY,
  groupConcurrency: 1,
  keyScope: 'enqueuer',
  isSensitive: false,
  showsResult: false,
}

test.each([
  ['true', DEFAULTS],
  ['mail', { ...DEFAULTS, name: 'mail' }],
  ['{}', DEFAULTS],
  ['{ timeout: 24h, result: true }', { ...DEFAULTS, timeout: 86_400_000, showsResult: true }],
  ['{ retry: { base: 2h } }', { ...DEFAULTS, retry: { maxAttempts: 20, baseMs: 7_200_000, maxMs: 7_200_000 } }],
] as const)('queue: %s', (text, queue) => {
  const { values, problems } = read(text)
  expect(problems).toEqual([])
  expect(values.queue as unknown).toEqual(queue)
  if (text === 'true') expect(checkConfig({ queue: true }, { file: 'f.ts' }).values.queue as unknown).toEqual(queue)
})

test.each([
  ['false', "'queue' must be true, the name of a queue, or a map like { timeout: 1h }, not false"],
  ['Mail!', "'Mail!' is not a name of a queue"],
  ['[mail]', "'queue' must be true, the name of a queue, or a map like { timeout: 1h }, not a list"],
  ['{ retrys: 3 }', "unknown key 'retrys' in 'queue' (did you mean 'retry'?)"],
  ['{ timeout: 25h }', "'queue.timeout' must be at most 24h"],
  ['{ timeout: 5 }', "'queue.timeout' must be a duration like 500ms, 30s, 15m or 24h, not 5"],
  ['{ key_scope: user }', "'queue.key_scope' must be 'enqueuer' or 'all', not 'user'"],
  ['{ retry: { max_attempts: 0 } }', "'queue.retry.max_attempts' must be a whole number of at least 1, not 0"],
  ['{ retry: { base: 10s, max: 1s } }', "'queue.retry.base' must not be more than 'queue.retry.max'"],
])('queue: %s is refused', (text, message) => {
  const { values, problems } = read(text)
  expect(values.queue).toBeUndefined()
  expect(problems[0]?.message).toContain(message)
})
