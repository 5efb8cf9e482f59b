import { nodeAt, type OptionPath } from './option-tree'
import type { Settings } from './settings'

const MASK = '••••••'

/** The settings as they may be shown: secrets that are set are masked. */
export function describeSettings(settings: Settings): unknown {
  return masked(settings, [])
}

function masked(value: unknown, path: OptionPath): unknown {
  const node = nodeAt(path)
  if (node?.kind === 'option') return node.meta.secret && value !== null ? MASK : value
  if (Array.isArray(value)) return value.map((item, index) => masked(item, [...path, index]))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner, [...path, key])]))
  }
  return value
}
