import { DEFAULT_RETRY, type RetryPolicy } from '@koyalite/contracts'
import { describe, readChoice } from '@koyalite/schema'
import type { Report, YamlEntry } from '@koyalite/yaml'
import { type ReadPart, readParts } from './read-parts'
import { readCount, readDuration, readFlag, readItemText } from './read-value'

/** How a function runs jobs. Durations in milliseconds. */
export interface FunctionQueue {
  /** Whose concurrency and rate it shares. */
  readonly name: string
  readonly timeout: number
  readonly retry: RetryPolicy
  readonly groupConcurrency: number
  readonly keyScope: 'enqueuer' | 'all'
  readonly isSensitive: boolean
  readonly showsResult: boolean
}

const DEFAULT_NAME = 'default'
const DEFAULT_TIMEOUT_MS = 15 * 60_000
const MAX_TIMEOUT_MS = 24 * 3_600_000
/** What `queue: true` means. */
export const DEFAULT_QUEUE: FunctionQueue = {
  name: DEFAULT_NAME,
  timeout: DEFAULT_TIMEOUT_MS,
  retry: DEFAULT_RETRY,
  groupConcurrency: 1,
  keyScope: 'enqueuer',
  isSensitive: false,
  showsResult: false,
}

const KEYS = ['name', 'timeout', 'retry', 'group_concurrency', 'key_scope', 'sensitive', 'result']
const RETRY_KEYS = ['max_attempts', 'base', 'max']
const QUEUE_NAME = /^[a-z][a-z0-9_-]{0,62}$/

/** `true`, the name of a queue, or a map. */
export function readQueue(entry: YamlEntry, report: Report): FunctionQueue | undefined {
  const { key, value } = entry
  if (value.kind === 'scalar') {
    if (value.value === true) return DEFAULT_QUEUE
    if (typeof value.value === 'string') {
      const name = readItemText(value, queueNameProblem, report)
      return name === undefined ? undefined : { ...DEFAULT_QUEUE, name }
    }
  }
  if (value.kind !== 'map') {
    report(
      value.position,
      `'${key}' must be true, the name of a queue, or a map like { timeout: 1h }, not ${describe(value)}`,
    )
    return undefined
  }
  return readParts(entry, { keys: KEYS, build: queueOf }, report)
}

function queueOf(part: ReadPart, report: Report): FunctionQueue {
  return {
    name: part('name', (entry) => readItemText(entry.value, queueNameProblem, report)) ?? DEFAULT_QUEUE.name,
    timeout: part('timeout', readTimeout) ?? DEFAULT_QUEUE.timeout,
    retry: part('retry', readRetry) ?? DEFAULT_QUEUE.retry,
    groupConcurrency: part('group_concurrency', readCount) ?? DEFAULT_QUEUE.groupConcurrency,
    keyScope: part('key_scope', (entry) => readChoice(entry, ['enqueuer', 'all'], report)) ?? DEFAULT_QUEUE.keyScope,
    isSensitive: part('sensitive', readFlag) ?? DEFAULT_QUEUE.isSensitive,
    showsResult: part('result', readFlag) ?? DEFAULT_QUEUE.showsResult,
  }
}

function readTimeout(entry: YamlEntry, report: Report): number | undefined {
  const timeout = readDuration(entry, report)
  if (timeout === undefined || timeout <= MAX_TIMEOUT_MS) return timeout
  report(entry.value.position, `'${entry.key}' must be at most 24h`)
  return undefined
}

function readRetry(entry: YamlEntry, report: Report): RetryPolicy | undefined {
  const build = (part: ReadPart, noting: Report): RetryPolicy => {
    const baseMs = part('base', readDuration) ?? DEFAULT_RETRY.baseMs
    const maxMs = part('max', readDuration) ?? Math.max(baseMs, DEFAULT_RETRY.maxMs)
    if (baseMs > maxMs) noting(entry.value.position, `'${entry.key}.base' must not be more than '${entry.key}.max'`)
    return { maxAttempts: part('max_attempts', readCount) ?? DEFAULT_RETRY.maxAttempts, baseMs, maxMs }
  }
  return readParts(entry, { keys: RETRY_KEYS, build }, report)
}

function queueNameProblem(name: string): string | undefined {
  if (QUEUE_NAME.test(name)) return undefined
  return `'${name.slice(0, 100)}' is not a name of a queue: use lower-case letters, digits, '-' and '_', at most 63 characters, starting with a letter`
}
