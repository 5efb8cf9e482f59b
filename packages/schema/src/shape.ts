import type { Report, YamlEntry, YamlMap, YamlNode } from '@koyalite/yaml'
import type { Expression, JsonValue, Position } from './model'
import { nameProblem } from './names'
import { didYouMean } from './suggest'

/** What every reader of a part of the file needs. */
export type Options = ReadonlyMap<string, YamlEntry>

/** The entries of a map with known keys; unknown ones are reported with the nearest known one. */
export function readOptions(
  node: YamlNode,
  expected: {
    readonly what: string
    readonly keys: readonly string[]
    readonly synonyms?: Readonly<Record<string, string>>
    /** Keys that are expected by many and have no equivalent: what to do instead. */
    readonly advice?: Readonly<Record<string, string>>
  },
  report: Report,
): Options | undefined {
  const map = readMap(node, expected.what, report)
  if (!map) return undefined
  for (const entry of map.entries) {
    if (expected.keys.includes(entry.key)) continue
    const advice =
      expected.advice?.[entry.key] ??
      (didYouMean(entry.key, expected.keys, expected.synonyms) || `; known are ${expected.keys.join(', ')}`)
    report(entry.keyPosition, `unknown key '${entry.key}' in ${expected.what}${advice}`)
  }
  return new Map(map.entries.map((entry) => [entry.key, entry]))
}

/** The entries of a map whose keys are names that the author chooses. */
export function readNamed(
  node: YamlNode,
  what: { readonly map: string; readonly name: string },
  report: Report,
): readonly YamlEntry[] {
  const map = readMap(node, what.map, report)
  if (!map) return []
  for (const entry of map.entries) {
    const problem = nameProblem(entry.key, what.name)
    if (problem) report(entry.keyPosition, problem)
  }
  return map.entries
}

export function readMap(node: YamlNode, what: string, report: Report): YamlMap | undefined {
  if (node.kind === 'map') return node
  report(node.position, `${what} must be a map of keys and values, not ${describe(node)}`)
  return undefined
}

export function readList(entry: YamlEntry | undefined, report: Report): readonly YamlNode[] | undefined {
  if (!entry) return undefined
  if (entry.value.kind === 'list') return entry.value.items
  report(entry.value.position, `'${entry.key}' must be a list, not ${describe(entry.value)}`)
  return undefined
}

export function readText(entry: YamlEntry | undefined, report: Report): string | undefined {
  if (!entry) return undefined
  const node = entry.value
  if (node.kind === 'scalar' && typeof node.value === 'string') return node.value
  const advice = node.kind === 'scalar' && node.value !== null ? ` (write it in quotes: "${node.source}")` : ''
  report(node.position, `'${entry.key}' must be text, not ${describe(node)}${advice}`)
  return undefined
}

export function readBoolean(entry: YamlEntry | undefined, report: Report): boolean | undefined {
  if (!entry) return undefined
  const node = entry.value
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value
  report(node.position, `'${entry.key}' must be true or false, not ${describe(node)}`)
  return undefined
}

/** A finite number; a whole one that survives JSON, if `whole`. */
export function readNumber(entry: YamlEntry | undefined, whole: 'whole' | 'any', report: Report): number | undefined {
  if (!entry) return undefined
  const node = entry.value
  const value = node.kind === 'scalar' ? node.value : null
  if (typeof value === 'number' && (whole === 'whole' ? Number.isSafeInteger(value) : Number.isFinite(value)))
    return value
  const kind = whole === 'whole' ? 'a whole number (at most 2^53−1)' : 'a number'
  report(node.position, `'${entry.key}' must be ${kind}, not ${describe(node)}`)
  return undefined
}

/** One of a few words. */
export function readChoice<T extends string>(
  entry: YamlEntry | undefined,
  choices: readonly T[],
  report: Report,
): T | undefined {
  if (!entry) return undefined
  const word = entry.value.kind === 'scalar' ? entry.value.source : undefined
  const choice = choices.find((candidate) => candidate === word)
  if (choice !== undefined) return choice
  const advice = word === undefined ? '' : didYouMean(word, choices)
  report(entry.value.position, `'${entry.key}' must be ${orList(choices)}, not ${describe(entry.value)}${advice}`)
  return undefined
}

/** A CEL expression; a bare `true` or `false` is one too. */
export function readExpression(entry: YamlEntry | undefined, report: Report): Expression | undefined {
  if (!entry) return undefined
  const node = entry.value
  if (node.kind === 'scalar' && (typeof node.value === 'string' || typeof node.value === 'boolean')) {
    const source = String(node.value).trimEnd()
    if (source.trim() !== '') return { source, position: node.textPosition }
    report(node.position, `'${entry.key}' must be an expression, not empty (to deny everyone, remove it)`)
    return undefined
  }
  report(node.position, `'${entry.key}' must be an expression in quotes, not ${describe(node)}`)
  return undefined
}

/** Where character `offset` of an expression stands in the file (exact unless the YAML text folds lines or has escapes). */
export function positionIn(expression: Expression, offset: number): Position {
  const lines = expression.source.slice(0, offset).split('\n')
  const column = expression.position.column + (lines.at(-1)?.length ?? 0)
  return { line: expression.position.line + lines.length - 1, column }
}

/** A value for a message: short, and recognisable. */
export function describe(node: YamlNode): string {
  if (node.kind === 'list') return 'a list'
  if (node.kind === 'map') return 'a map'
  if (node.value === null) return 'nothing'
  const text = node.source.length > 40 ? `${node.source.slice(0, 40)}…` : node.source
  return typeof node.value === 'string' ? `'${text}'` : text
}

export function showValue(value: JsonValue): string {
  const text = typeof value === 'string' ? `'${value}'` : (JSON.stringify(value) ?? String(value))
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

function orList(words: readonly string[]): string {
  const quoted = words.map((word) => `'${word}'`)
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`
}
