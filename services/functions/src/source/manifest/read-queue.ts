import { DEFAULT_RETRY, type RetryPolicy } from '@koyalite/contracts'
import { describe, readChoice, readOptions } from '@koyalite/schema'
import type { Report, YamlEntry } from '@koyalite/yaml'
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
const DEFAULTS: FunctionQueue = {
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
    if (value.value === true) return DEFAULTS
    if (typeof value.value === 'string') {
      const name = readItemText(value, queueNameProblem, report)
      return name === undefined ? undefined : { ...DEFAULTS, name }
    }
  }
  if (value.kind !== 'map') {
    report(
      value.position,
      `'${key}' must be true, the name of a queue, or a map like { timeout: 1h }, not ${describe(value)}`,
    )
    return undefined
  }
  let isRight = true
  const noting: Report = (position, message) => {
    isRight = false
    report(position, message)
  }
  const queue = readQueueMap(entry, noting)
  return isRight ? queue : undefined
}

function readQueueMap({ key, value }: YamlEntry, report: Report): FunctionQueue {
  const found = readOptions(value, { what: `'${key}'`, keys: KEYS }, report)
  const read = <T>(name: string, one: (entry: YamlEntry, report: Report) => T | undefined): T | undefined => {
    const entry = found?.get(name)
    return entry && one({ ...entry, key: `${key}.${name}` }, report)
  }
  return {
    name: read('name', (entry) => readItemText(entry.value, queueNameProblem, report)) ?? DEFAULTS.name,
    timeout: read('timeout', readTimeout) ?? DEFAULTS.timeout,
    retry: read('retry', readRetry) ?? DEFAULTS.retry,
    groupConcurrency: read('group_concurrency', readCount) ?? DEFAULTS.groupConcurrency,
    keyScope: read('key_scope', (entry) => readChoice(entry, ['enqueuer', 'all'], report)) ?? DEFAULTS.keyScope,
    isSensitive: read('sensitive', readFlag) ?? DEFAULTS.isSensitive,
    showsResult: read('result', readFlag) ?? DEFAULTS.showsResult,
  }
}

function readTimeout(entry: YamlEntry, report: Report): number | undefined {
  const timeout = readDuration(entry, report)
  if (timeout === undefined || timeout <= MAX_TIMEOUT_MS) return timeout
  report(entry.value.position, `'${entry.key}' must be at most 24h`)
  return undefined
}

function readRetry({ key, value }: YamlEntry, report: Report): RetryPolicy | undefined {
  const found = readOptions(value, { what: `'${key}'`, keys: RETRY_KEYS }, report)
  if (found === undefined) return undefined
  const read = (name: string, one: typeof readCount): number | undefined => {
    const entry = found.get(name)
    return entry && one({ ...entry, key: `${key}.${name}` }, report)
  }
  const baseMs = read('base', readDuration) ?? DEFAULT_RETRY.baseMs
  const maxMs = read('max', readDuration) ?? Math.max(baseMs, DEFAULT_RETRY.maxMs)
  if (baseMs > maxMs) report(value.position, `'${key}.base' must not be more than '${key}.max'`)
  return { maxAttempts: read('max_attempts', readCount) ?? DEFAULT_RETRY.maxAttempts, baseMs, maxMs }
}

function queueNameProblem(name: string): string | undefined {
  if (QUEUE_NAME.test(name)) return undefined
  return `'${name.slice(0, 100)}' is not a name of a queue: use lower-case letters, digits, '-' and '_', at most 63 characters, starting with a letter`
}
