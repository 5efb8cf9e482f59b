import { isDeepStrictEqual } from 'node:util'
import type { SettingsDeclaration } from './declare-settings'
import type { LocatedValue } from './located-value'
import type { SettingsProblem } from './settings-problem'
import { PARSED_ONCE } from './validate-settings'

/** What this version checks, and does nothing with: sections, and single options. */
const WITHOUT_EFFECT: readonly string[] = ['webhooks']

export function isWithoutEffect(path: string): boolean {
  return WITHOUT_EFFECT.some((name) => path === name || path.startsWith(`${name}.`))
}

/** A setting without effect is reported with its position, unless it only repeats the default. */
export function withoutEffect<Settings extends { readonly name: string }>(
  declaration: SettingsDeclaration<Settings>,
  root: LocatedValue,
  settings: Settings,
): readonly SettingsProblem[] {
  const defaults = declaration.type.parse({ name: settings.name }, PARSED_ONCE)
  const found: SettingsProblem[] = []
  const visit = (value: LocatedValue, path: readonly string[]) => {
    const name = path.join('.')
    if (value.kind === 'map') for (const [key, entry] of value.entries) visit(entry.value, [...path, key])
    else if (
      value.at.kind !== 'default' &&
      isWithoutEffect(name) &&
      !isDeepStrictEqual(at(settings, path), at(defaults, path))
    )
      found.push({ at: value.at, message: `${name} is not available in this version and has no effect` })
  }
  visit(root, [])
  return found
}

function at(settings: object, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], settings)
}
