import { nodeAt, type OptionNode, type OptionPath } from './option-tree'

const MASK = '••••••'

/** The settings as they may be shown: secrets that are set are masked. */
export function describeSettings(tree: OptionNode, settings: object): unknown {
  return masked(tree, settings, [])
}

function masked(tree: OptionNode, value: unknown, path: OptionPath): unknown {
  const node = nodeAt(tree, path)
  if (node?.kind === 'option') return node.meta.secret && value !== null ? MASK : value
  if (Array.isArray(value)) return value.map((item, index) => masked(tree, item, [...path, index]))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(tree, inner, [...path, key])]))
  }
  return value
}
