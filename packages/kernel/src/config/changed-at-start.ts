import { isDeepStrictEqual } from 'node:util'
import { listOptions } from './option-tree'
import type { Settings } from './settings'

/** The options whose new value needs another start: what runs was built on the one before. */
export function changedAtStart(before: Settings, after: Settings): readonly string[] {
  return listOptions()
    .filter(({ atStart, path }) => atStart && !isDeepStrictEqual(at(before, path), at(after, path)))
    .map(({ path }) => path)
}

function at(settings: Settings, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], settings)
}
