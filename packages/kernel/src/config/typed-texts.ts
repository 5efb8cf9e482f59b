import { inexactNumbers, numberFidelity } from '@koyalite/contracts'
import { type LocatedValue, locateValue } from './located-value'
import type { OptionNode } from './option-tree'

/**
 * Converts texts from the environment to the type of their option: numbers, true and false, lists (JSON, or separated by
 * commas), sections and tables (JSON). What does not fit stays text, for the validation to complain about.
 */
export function typeTexts(value: LocatedValue, node: OptionNode | undefined): LocatedValue {
  if (value.kind === 'scalar') return value.isText && node !== undefined ? typed(value, node) : value
  if (value.kind === 'list') {
    const child = node?.kind === 'list' ? node.child : undefined
    return { ...value, items: value.items.map((item) => typeTexts(item, child)) }
  }
  const entries = [...value.entries].map(([key, entry]) => {
    const child = node?.kind === 'section' ? node.children.get(key) : node?.kind === 'table' ? node.child : undefined
    return [key, { ...entry, value: typeTexts(entry.value, child) }] as const
  })
  return { ...value, entries: new Map(entries) }
}

function typed(value: LocatedValue & { readonly kind: 'scalar' }, node: OptionNode): LocatedValue {
  const text = String(value.value).trim()
  const plain = (result: unknown) => locateValue(result, value.at, false)
  switch (node.kind) {
    case 'section':
    case 'table':
      return plain(parsedJson(text, '{') ?? text)
    case 'list':
      return plain(parsedJson(text, '[') ?? commaSeparated(text))
    case 'option': {
      const { kind, nullable } = node.meta
      if (nullable && (text === '' || text === 'null')) return plain(null)
      if ((kind === 'integer' || kind === 'number') && isNumber(text)) return plain(Number(text))
      if (kind === 'proxies') return plain(proxiesFrom(text))
      if (kind === 'flag' && /^(true|false|1|0)$/i.test(text)) return plain(/^(true|1)$/i.test(text))
      return plain(kind === 'text' ? value.value : text)
    }
  }
}

function proxiesFrom(text: string): unknown {
  if (/^(true|false)$/i.test(text)) return /^true$/i.test(text)
  return /^\d+$/.test(text) ? Number(text) : (parsedJson(text, '[') ?? commaSeparated(text))
}

/** One that would become another stays text too. */
function isNumber(text: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(text) && numberFidelity(text) === 'exact'
}

function parsedJson(text: string, opening: '{' | '['): unknown {
  if (!text.startsWith(opening)) return null
  try {
    const value: unknown = JSON.parse(text)
    return inexactNumbers(text).length === 0 ? value : null
  } catch {
    // Not JSON: the validation then says what was expected.
    return null
  }
}

function commaSeparated(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}
