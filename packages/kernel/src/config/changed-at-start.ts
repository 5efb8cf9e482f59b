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

/** The settings `after`, with the values that these options had `before`. */
export function keepOptions<Settings extends object>(
  paths: readonly string[],
  before: Settings,
  after: Settings,
): Settings {
  return paths.reduce((settings, path) => withValue(settings, path.split('.'), at(before, path)), after)
}

function withValue<T extends object>(settings: T, [name = '', ...rest]: readonly string[], value: unknown): T {
  const inner = rest.length === 0 ? value : withValue((settings as Record<string, object>)[name] ?? {}, rest, value)
  return { ...settings, [name]: inner }
}

function at(settings: object, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], settings)
}
