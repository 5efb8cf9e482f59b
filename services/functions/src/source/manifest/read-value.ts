import { parseDuration, parseRate, parseSize, type Rate } from '@koyalite/kernel'
import { describe, type Expression } from '@koyalite/schema'
import type { Report, YamlEntry, YamlNode } from '@koyalite/yaml'

/** A longer timer fires at once, and so would no longer be a limit. */
const MAX_DURATION_MS = 2 ** 31 - 1

/** Milliseconds. */
export function readDuration(entry: YamlEntry, report: Report): number | undefined {
  const ms = readParsed(entry, { parse: parseDuration, expected: 'a duration like 500ms, 30s, 15m or 24h' }, report)
  if (ms === undefined) return undefined
  if (ms === 0) report(entry.value.position, `'${entry.key}' must be more than 0`)
  else if (ms > MAX_DURATION_MS) report(entry.value.position, `'${entry.key}' must be at most 24d`)
  else return ms
  return undefined
}

/** Bytes. */
export function readSize(entry: YamlEntry, report: Report): number | undefined {
  return readParsed(entry, { parse: parseSize, expected: 'a size like 512kb, 10mb or 1gb' }, report)
}

export function readRate(entry: YamlEntry, report: Report): Rate | undefined {
  const expected = 'a rate like 5/minute (second, minute, hour or day)'
  return readParsed(entry, { parse: parseRate, expected }, report)
}

function readParsed<T>(
  { key, value }: YamlEntry,
  { parse, expected }: { readonly parse: (text: string) => T | null; readonly expected: string },
  report: Report,
): T | undefined {
  const parsed = value.kind === 'scalar' && typeof value.value === 'string' ? parse(value.value) : null
  if (parsed === null) report(value.position, `'${key}' must be ${expected}, not ${describe(value)}`)
  return parsed ?? undefined
}

export function readFlag({ key, value }: YamlEntry, report: Report): boolean | undefined {
  if (value.kind === 'scalar' && typeof value.value === 'boolean') return value.value
  report(value.position, `'${key}' must be true or false, not ${describe(value)}`)
  return undefined
}

export function readCount({ key, value }: YamlEntry, report: Report): number | undefined {
  const count = value.kind === 'scalar' ? value.value : null
  if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 1) return count
  report(value.position, `'${key}' must be a whole number of at least 1, not ${describe(value)}`)
  return undefined
}

/** A number of processors. */
export function readShare({ key, value }: YamlEntry, report: Report): number | undefined {
  const share = value.kind === 'scalar' ? value.value : null
  if (typeof share === 'number' && Number.isFinite(share) && share >= 0.01) return share
  report(value.position, `'${key}' must be a number of at least 0.01, not ${describe(value)}`)
  return undefined
}

/** A CEL expression; a bare `true` or `false` is one too. */
export function readCondition({ key, value }: YamlEntry, report: Report): Expression | undefined {
  if (value.kind === 'scalar' && (typeof value.value === 'string' || typeof value.value === 'boolean')) {
    const source = String(value.value).trimEnd()
    if (source.trim() !== '') return { source, position: value.textPosition }
    report(value.position, `'${key}' must be an expression, not empty (without '${key}' nobody can call it over HTTP)`)
    return undefined
  }
  report(value.position, `'${key}' must be an expression in quotes, not ${describe(value)}`)
  return undefined
}

/** A list of which each item is read by `read`, which reports what is wrong with one. No item is there twice. */
export function readItems<T>(
  { key, value }: YamlEntry,
  read: (item: YamlNode) => T | undefined,
  report: Report,
): readonly T[] | undefined {
  if (value.kind !== 'list') {
    report(value.position, `'${key}' must be a list, not ${describe(value)}`)
    return undefined
  }
  const seen = new Set<string>()
  const items = value.items.map((item) => {
    const one = read(item)
    const identity = JSON.stringify(one)
    if (one !== undefined && seen.has(identity)) report(item.position, `'${key}' has ${describe(item)} twice`)
    seen.add(identity)
    return one
  })
  return items.includes(undefined) ? undefined : (items as readonly T[])
}

/** A text that `problem` finds nothing wrong with. */
export function readItemText(
  item: YamlNode,
  problem: (text: string) => string | undefined,
  report: Report,
): string | undefined {
  if (item.kind !== 'scalar' || typeof item.value !== 'string') {
    report(item.position, `${describe(item)} is not a text`)
    return undefined
  }
  const found = problem(item.value)
  if (found === undefined) return item.value
  report(item.position, found)
  return undefined
}
