import { type JsonValue, numberFidelity } from '@koyalite/contracts'
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  Scalar,
} from 'yaml'

/** Where something stands in a file, 1-based. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** Takes one problem, so that a reader can continue and find the others. */
export type Report = (position: Position, message: string) => void

/** A YAML document as plain data that knows where it stands. Aliases are resolved. */
export type YamlNode = YamlMap | YamlList | YamlScalar

export interface YamlMap {
  readonly kind: 'map'
  readonly position: Position
  readonly entries: readonly YamlEntry[]
}

export interface YamlEntry {
  readonly key: string
  readonly keyPosition: Position
  readonly value: YamlNode
}

export interface YamlList {
  readonly kind: 'list'
  readonly position: Position
  readonly items: readonly YamlNode[]
}

export interface YamlScalar {
  readonly kind: 'scalar'
  readonly position: Position
  /** Where the text itself begins: behind the quote, or on the line under `|` and `>`. */
  readonly textPosition: Position
  readonly value: string | number | boolean | null
  /** As written, without quotes. */
  readonly source: string
}

export const START: Position = { line: 1, column: 1 }
const MAX_TEXT = 2_000_000
export const MAX_NODES = 200_000
export const MAX_DEPTH = 100
/** More brackets opened one after the other than any file may nest. */
const OPENED = /(?:[[{][\s-]*){200}/
/** The parser takes time in the square of what is open. Some of them may stand in texts, where they open nothing. */
const MAX_OPEN = 1000

/** Reads one YAML 1.2 document. Returns null, and reports why, if it is not one; an empty document is the scalar null. */
export function readYaml(text: string, report: Report): YamlNode | null {
  if (text.length > MAX_TEXT) {
    report(START, `the file is too large (more than ${MAX_TEXT / 1_000_000} MB)`)
    return null
  }
  // The parser is recursive: whether it overflows depends on the machine's mood, so that it must not get that far.
  if (OPENED.test(text) || hasManyOpen(text)) {
    report(START, 'the file is nested too deeply')
    return null
  }
  const lines = new LineCounter()
  let document: Document.Parsed
  try {
    // Duplicate keys are reported by us, with the place of the first one.
    document = parseDocument(text, { uniqueKeys: false, prettyErrors: false, lineCounter: lines, version: '1.2' })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    report(START, 'the file is nested too deeply')
    return null
  }
  const faults = [...document.errors, ...document.warnings]
  for (const fault of faults) report(positionAt(lines, fault.pos[0]), syntaxMessage(fault.code, fault.message))
  if (faults.length > 0) return null
  return buildTree(document, { text, lines, report })
}

function hasManyOpen(text: string): boolean {
  let open = 0
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    open = bracket === '[' || bracket === '{' ? open + 1 : Math.max(0, open - 1)
    if (open > MAX_OPEN) return true
  }
  return false
}

interface Source {
  readonly text: string
  readonly lines: LineCounter
  readonly report: Report
}

class Unreadable extends Error {}

function buildTree(document: Document.Parsed, source: Source): YamlNode | null {
  const open = new Set<Node>()
  // Nodes are first met in the order of the text, which is what decides between two anchors of one name. The library's own look-up
  // walks the whole document for each alias.
  const anchors = new Map<string, Node>()
  const visited = new Set<Node>()
  const targets = new Map<Node, Node>()
  let nodes = 0

  function build(node: Node | null, fallback: Position): YamlNode {
    if (node === null) return { kind: 'scalar', position: fallback, textPosition: fallback, value: null, source: '' }
    const position = node.range ? positionAt(source.lines, node.range[0]) : fallback
    if (++nodes > MAX_NODES)
      throw fail(position, 'the file has too many values (aliases are counted each time they are used)')
    if (open.size >= MAX_DEPTH) throw fail(position, 'the file is nested too deeply')
    if (isAlias(node)) {
      const target = resolve(node)
      if (target === undefined) throw fail(position, `unknown alias '*${node.source}'`)
      if (open.has(target)) throw fail(position, `alias '*${node.source}' contains itself`)
      return build(target, position)
    }
    if ('anchor' in node && node.anchor !== undefined && !visited.has(node)) anchors.set(node.anchor, node)
    visited.add(node)
    open.add(node)
    const built = buildOpen(node, position)
    open.delete(node)
    return built
  }

  function resolve(alias: Alias): Node | undefined {
    const target = targets.get(alias) ?? anchors.get(alias.source)
    if (target) targets.set(alias, target)
    return target
  }

  function buildOpen(node: Node, position: Position): YamlNode {
    if (isMap(node)) {
      const entries = node.items.map((pair) => {
        const key = pair.key as Node | null
        const keyPosition = key?.range ? positionAt(source.lines, key.range[0]) : position
        return { key: keyText(key, keyPosition), keyPosition, value: build(pair.value as Node | null, keyPosition) }
      })
      return { kind: 'map', position, entries: withoutDuplicates(entries, source.report) }
    }
    if (isSeq(node)) return { kind: 'list', position, items: node.items.map((item) => build(item as Node, position)) }
    if (isScalar(node)) return scalar(node, position, source)
    throw fail(position, 'this type of value is not supported')
  }

  function keyText(key: Node | null, position: Position): string {
    if (!isScalar(key)) throw fail(position, 'a key must be a plain string')
    const text = key.source ?? String(key.value)
    if (text === '<<') throw fail(position, "merge keys ('<<') are not supported")
    return text
  }

  function fail(position: Position, message: string): Unreadable {
    source.report(position, message)
    return new Unreadable(message)
  }

  try {
    return build(document.contents, START)
  } catch (error) {
    if (error instanceof Unreadable) return null
    throw error
  }
}

/** The plain JSON value of a node. */
export function toJson(node: YamlNode): JsonValue {
  switch (node.kind) {
    case 'scalar':
      return node.value
    case 'list':
      return node.items.map(toJson)
    case 'map':
      // fromEntries defines properties, so that a key `__proto__` stays an ordinary key.
      return Object.fromEntries(node.entries.map((entry) => [entry.key, toJson(entry.value)]))
  }
}

/** Reports each number of a tree that JSON cannot hold, or that would become another one. For what takes values of any kind. */
export function reportNumbers(node: YamlNode, report: Report): void {
  if (node.kind === 'list') for (const item of node.items) reportNumbers(item, report)
  else if (node.kind === 'map') for (const { value } of node.entries) reportNumbers(value, report)
  else if (typeof node.value === 'number' && !Number.isFinite(node.value)) {
    report(node.position, `${node.source} is a number that JSON clients cannot represent exactly: write it in quotes`)
  }
}

function scalar(node: Scalar, position: Position, source: Source): YamlScalar {
  const value = typeof node.value === 'number' ? exactNumber(node.value, node.source) : node.value
  const isPlain = value === null || ['string', 'number', 'boolean'].includes(typeof value)
  return {
    kind: 'scalar',
    position,
    textPosition: textPosition(node, position, source),
    value: isPlain ? (value as YamlScalar['value']) : String(value),
    source: node.source ?? String(value),
  }
}

/** NaN, which no place of a schema takes, for a number that would become another one. Hexadecimal and octal ones are whole. */
function exactNumber(value: number, source: string | undefined): number {
  if (source === undefined || !Number.isFinite(value)) return value
  if (/^0[ox]/.test(source)) return Number.isSafeInteger(value) ? value : Number.NaN
  return numberFidelity(source) === 'exact' ? value : Number.NaN
}

function textPosition(node: Scalar, position: Position, { text, lines }: Source): Position {
  if (node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE) {
    return { line: position.line, column: position.column + 1 }
  }
  if ((node.type !== Scalar.BLOCK_LITERAL && node.type !== Scalar.BLOCK_FOLDED) || !node.range) return position
  const firstLine = text.indexOf('\n', node.range[0]) + 1
  const indent = /^ *(?=\S)/m.exec(text.slice(firstLine, node.range[1]))?.[0].length ?? 0
  return { line: positionAt(lines, firstLine).line, column: indent + 1 }
}

function withoutDuplicates(entries: readonly YamlEntry[], report: Report): readonly YamlEntry[] {
  const first = new Map<string, YamlEntry>()
  for (const entry of entries) {
    const earlier = first.get(entry.key)
    if (earlier) report(entry.keyPosition, `'${entry.key}' is given twice (first in line ${earlier.keyPosition.line})`)
    else first.set(entry.key, entry)
  }
  return [...first.values()]
}

function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(line, 1), column: Math.max(col, 1) }
}

const SYNTAX_ADVICE: readonly (readonly [message: RegExp, advice: string])[] = [
  [/^Nested mappings are not allowed in compact/, " (a text that contains ': ' needs quotes around it)"],
  [/flow-map-start at node end$/, ' (inside of { } and [ ], a text with ${…} needs quotes around it)'],
  [/scalar at node end$/, ' (a text that contains quotes needs the other kind of quotes around it)'],
  [/^All mapping items must start at the same column/, ' (indent the line like its neighbours)'],
]

function syntaxMessage(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return "only one document is allowed in the file (a second one starts at '---')"
  const advice = SYNTAX_ADVICE.find(([text]) => text.test(message))?.[1] ?? ''
  // The token may be a secret.
  const shown = message.replace(/ in YAML stream: .*$/s, '')
  return `not valid YAML: ${shown.charAt(0).toLowerCase()}${shown.slice(1)}${advice}`
}
