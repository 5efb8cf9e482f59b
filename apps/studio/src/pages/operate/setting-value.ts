import type { Setting } from './settings'

/** What somebody typed, as the value of a setting; or why it is none. */
export type TypedValue = { readonly value: unknown } | { readonly problem: string }

/** A value as one reads it. */
export function valueText({ value, secret, kind }: Pick<Setting, 'value' | 'secret' | 'kind'>): string {
  if (value === null || value === undefined) return 'not set'
  if (secret) return 'set, and never shown'
  if (kind === 'list' && Array.isArray(value) && value.every((one) => typeof one === 'string')) {
    return value.length === 0 ? 'none' : value.join(', ')
  }
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A value as it stands in its editor. */
export function editedText({ value, secret, kind }: Pick<Setting, 'value' | 'secret' | 'kind'>): string {
  if (secret || value === null || value === undefined) return ''
  return typeof value === 'string' && kind !== 'list' && kind !== 'table' ? value : JSON.stringify(value, null, 2)
}

/** @param text of the editor; empty for one that may be unset: null */
export function typedValue({ kind, nullable }: Pick<Setting, 'kind' | 'nullable'>, text: string): TypedValue {
  const trimmed = text.trim()
  if (nullable && trimmed === '') return { value: null }
  switch (kind) {
    case 'flag':
      return { value: trimmed === 'true' }
    case 'integer':
    case 'number':
      return /^-?\d+(?:\.\d+)?$/.test(trimmed) ? { value: Number(trimmed) } : { problem: 'Expected a number' }
    case 'list':
    case 'table':
      return fromJson(trimmed)
    case 'proxies':
    case 'retention': {
      const plain = fromJson(trimmed)
      return 'value' in plain ? plain : { value: trimmed }
    }
    default:
      return { value: text }
  }
}

function fromJson(text: string): TypedValue {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch (error) {
    return { problem: `Expected JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
}
