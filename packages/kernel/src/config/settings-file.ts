import { numberFidelity } from '@koyalite/contracts'
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar } from 'yaml'
import type { LocatedEntry, LocatedValue, Origin } from './located-value'
import type { SettingsProblem } from './settings-problem'

/** Reads a settings file's text, keeping where everything stands. An empty file is an empty map. */
export function readSettingsFile(
  file: string,
  text: string,
): { readonly value: LocatedValue; readonly problems: readonly SettingsProblem[] } {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true })
  const at = (offset: number): Origin => {
    const { line, col } = lines.linePos(offset)
    return { kind: 'file', file, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const problems: SettingsProblem[] = document.errors.map((error) => ({
    at: at(error.pos[0]),
    message: error.message.replace(/\s+/g, ' '),
  }))
  const nothing: LocatedValue = { kind: 'map', at: at(0), entries: new Map() }
  if (problems.length > 0 || document.contents === null) return { value: nothing, problems }

  const locate = (node: Node | null | undefined): LocatedValue => {
    const start = at(node?.range?.[0] ?? 0)
    if (isAlias(node)) return locate(node.resolve(document))
    if (isMap(node)) {
      const entries = new Map<string, LocatedEntry>()
      for (const pair of node.items) {
        const key = pair.key as Node
        entries.set(String(isScalar(key) ? key.value : key), {
          keyAt: at(key.range?.[0] ?? 0),
          value: locate(pair.value as Node | null),
        })
      }
      return { kind: 'map', at: start, entries }
    }
    if (isSeq(node)) return { kind: 'list', at: start, items: node.items.map((item) => locate(item as Node)) }
    const value: unknown = isScalar(node) ? exactValue(node) : null
    const scalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
    return { kind: 'scalar', at: start, value: scalar, isText: false }
  }
  const value = locate(document.contents)
  if (value.kind === 'map') return { value, problems }
  if (value.kind === 'scalar' && value.value === null) return { value: nothing, problems }
  return { value: nothing, problems: [{ at: value.at, message: 'expected options like server: or logs:' }] }
}

/** A number that would become another one stays the text that it is, which no option takes for a number. */
function exactValue({ value, source }: Scalar): unknown {
  if (typeof value !== 'number' || source === undefined || !/^[-+.\d]/.test(source) || /^0[ox]/.test(source))
    return value
  return Number.isFinite(value) && numberFidelity(source) !== 'exact' ? source : value
}
