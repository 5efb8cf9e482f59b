import { isDeepStrictEqual } from 'node:util'
import { listOptions, type OptionNode } from './option-tree'

/** The options whose new value needs another start: what runs was built on the one before. */
export function changedAtStart<Settings extends object>(
  tree: OptionNode,
  before: Settings,
  after: Settings,
): readonly string[] {
  return listOptions(tree)
    .filter(({ atStart, path }) => atStart && !isDeepStrictEqual(at(before, path), at(after, path)))
    .map(({ path }) => path)
}

function at(settings: object, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], settings)
}
