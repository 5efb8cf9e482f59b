import type { LocatedEntry, LocatedValue } from './located-value'
import { nodeAt, type OptionNode, type OptionPath } from './option-tree'
import type { SettingsProblem } from './settings-problem'

export type Variables = Readonly<Record<string, string | undefined>>

export interface Expansion {
  readonly value: LocatedValue
  readonly problems: readonly SettingsProblem[]
  /** Options that stay unset because the variable they are taken from is. */
  readonly warnings: readonly SettingsProblem[]
}

const VARIABLE = /\$\$\{|\$\{([A-Za-z_]\w*)(?::-((?:[^}\\]|\\.)*))?\}/g

/** One text with `${VAR}` and `${VAR:-default}` replaced, and the names of variables that are not set, in their order. */
export function expandText(
  text: string,
  variables: Variables,
): { readonly text: string; readonly missing: readonly string[] } {
  const missing: string[] = []
  const expanded = text.replace(VARIABLE, (written, name?: string, fallback?: string) => {
    if (name === undefined) return '${'
    const found = Object.hasOwn(variables, name) ? variables[name] : undefined
    if (found !== undefined && (found !== '' || fallback === undefined)) return found
    if (fallback !== undefined) return fallback
    missing.push(name)
    return written
  })
  return { text: expanded, missing }
}

/**
 * Replaces `${VAR}` and `${VAR:-default}` in every text of the tree; `$${` is a plain `${`. As in a shell, the default also
 * stands in for an empty variable. An option that may be unset and is nothing but one unset variable stays unset, with a
 * warning: so a project with GitHub sign-in also starts where nobody has its secret. Elsewhere an unset variable is a mistake.
 */
export function expandVariables(tree: OptionNode, root: LocatedValue, variables: Variables): Expansion {
  const problems: SettingsProblem[] = []
  const warnings: SettingsProblem[] = []

  function expand(value: LocatedValue, path: OptionPath): LocatedValue {
    if (value.kind === 'list') {
      return { ...value, items: value.items.map((item, index) => expand(item, [...path, index])) }
    }
    if (value.kind === 'map') {
      const entries = new Map<string, LocatedEntry>()
      for (const [key, entry] of value.entries) {
        entries.set(key, { ...entry, value: expand(entry.value, [...path, key]) })
      }
      return { ...value, entries }
    }
    if (typeof value.value !== 'string' || !value.value.includes('${')) return value
    const { text, missing } = expandText(value.value, variables)
    const [first] = missing
    if (first === undefined) return { ...value, value: text, isText: true }
    const node = nodeAt(tree, path)
    const optional =
      node?.kind === 'option' && node.meta.nullable && !node.meta.reference && value.value === `\${${first}}`
    const where = path.join('.')
    if (optional) {
      warnings.push({ at: value.at, message: `${where} is not set: the environment variable ${first} is missing` })
      return { ...value, value: null }
    }
    for (const name of missing) {
      problems.push({
        at: value.at,
        message: `${where} needs the environment variable ${name}, which is not set; set it, or write \${${name}:-default}`,
      })
    }
    return value
  }

  return { value: expand(root, []), problems, warnings }
}
