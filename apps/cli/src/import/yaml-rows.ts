import { type InexactNumber, numberFidelity } from '@koyalite/contracts'
import {
  type Alias,
  type Document,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Scalar,
  visit,
  type YAMLMap,
} from 'yaml'
import { exactRow, RowError, repeatedMessage, requireObject, type SourceRow } from './source-row'

/**
 * The documents of a sequence that is part of a parsed YAML document. `items` is what the document's own toJS has given for the sequence: an alias is known
 * only where the whole document is.
 * @param lineOf the line in the file of an offset in the text
 */
export function yamlRows(
  sequence: { readonly items: readonly unknown[] },
  items: readonly unknown[],
  lineOf: (offset: number) => number,
): readonly SourceRow[] {
  return sequence.items.map((node, index) => {
    const line = lineOf((node as Node | null)?.range?.[0] ?? 0)
    const document = requireObject(line, items[index])
    return exactRow(line, document, inexactScalars(node as Node))
  })
}

/** The values of a parsed document. Throws a RowError for what JSON does not have, for an alias that leads nowhere, and for more of them than any file has. */
export function valuesOf(document: Document.Parsed, lineOf: (offset: number) => number): unknown {
  if (document.contents !== null) requireJson(document.contents, lineOf)
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES })
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error
    throw new RowError(lineOf(0), `is not valid YAML: ${error.message}`, { cause: error })
  }
}

/** Against files that grow by repeating what repeats something. */
const MAX_ALIASES = 10_000

/** What these tags name is in JSON too, or (a timestamp) is text there. Others would become something else: a set becomes an empty object. */
const TAGS: ReadonlySet<string> = new Set(
  ['map', 'seq', 'str', 'int', 'float', 'bool', 'null', 'timestamp'].map((name) => `tag:yaml.org,2002:${name}`),
)

/** Throws a RowError for what JSON does not have, and would silently be something else in it. */
function requireJson(root: Node, lineOf: (offset: number) => number): void {
  const refuse = (node: Node, message: string): never => {
    throw new RowError(lineOf(node.range?.[0] ?? 0), message)
  }
  const requireKind = (node: Node): void => {
    if (node.tag !== undefined && !TAGS.has(node.tag))
      refuse(node, `has a value of type ${node.tag}, which JSON does not support`)
  }
  visit(root as never, {
    Scalar: (_key, node) => requireKind(node),
    Seq: (_key, node) => requireKind(node),
    Map(_key, map) {
      requireKind(map)
      const names = new Set<string>()
      for (const { key } of (map as YAMLMap<Node>).items) {
        const name = keyName(key)
        if (name === null) refuse(map, 'has a key that is not a string: put it in quotes')
        else if (names.has(name)) refuse(map, repeatedMessage(name))
        else names.add(name)
      }
    },
    Alias(_key, alias: Alias, ancestors) {
      if (ancestors.some((one) => 'anchor' in one && one.anchor === alias.source))
        refuse(alias, `has the alias *${alias.source} inside of itself`)
    },
  })
}

/** A key as it stands in the file; null where it would become another one. */
function keyName(key: unknown): string | null {
  if (!isScalar(key)) return null
  if (typeof key.value === 'string') return key.value
  // `<<: *base` takes over what the map does not have itself.
  if (typeof key.value === 'symbol') return '<<'
  return (typeof key.value === 'number' || typeof key.value === 'boolean') && String(key.value) === key.source
    ? key.source
    : null
}

function inexactScalars(root: Node): readonly InexactNumber[] {
  const found: InexactNumber[] = []
  visit(root as never, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'number') return
      const fidelity = fidelityOf(node)
      if (fidelity !== 'exact')
        found.push({ path: pathOf([...ancestors, node] as Node[]), token: node.source ?? '', fidelity })
    },
  })
  return found
}

/** Numbers are written in other ways than in JSON too: .inf, 0xff. */
function fidelityOf({ value, source = '' }: Scalar): InexactNumber['fidelity'] | 'exact' {
  if (!Number.isFinite(value)) return 'inexact'
  if (/^0[ox]/.test(source)) return Number.isSafeInteger(value) ? 'exact' : 'inexact'
  return numberFidelity(source)
}

function pathOf(nodes: readonly unknown[]): readonly string[] {
  return nodes.flatMap((node, index) => {
    const next = nodes[index + 1]
    if (isPair(node)) return [String(isScalar(node.key) ? node.key.value : node.key)]
    return isSeq(node) && !isMap(node) && next !== undefined ? [String(node.items.indexOf(next))] : []
  })
}
