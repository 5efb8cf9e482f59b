import { type InexactNumber, numberFidelity } from '@koyalite/contracts'
import { type Document, isMap, isPair, isScalar, isSeq, type Node, type Scalar, visit } from 'yaml'
import { exactRow, RowError, requireObject, type SourceRow } from './source-row'

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

/** The values of a parsed document. Throws a RowError for an alias that leads nowhere, or for more of them than any file has. */
export function valuesOf(document: Document.Parsed, lineOf: (offset: number) => number): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES })
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error
    throw new RowError(lineOf(0), `is not valid YAML: ${error.message}`, { cause: error })
  }
}

/** Against files that grow by repeating what repeats something. */
const MAX_ALIASES = 10_000

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
