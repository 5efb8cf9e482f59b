import { didYouMean } from '@koyalite/contracts'
import type { Variables } from './expand-variables'
import { type LocatedValue, locateValue, mergeValues, type Origin, wrapValue } from './located-value'
import { listOptions, type OptionNode } from './option-tree'
import type { SettingsProblem } from './settings-problem'

const PREFIX = 'KOYALITE_'

/** Variables with our prefix that are not options. */
const OTHER_VARIABLES: Readonly<Record<string, string>> = {
  KOYALITE_ENV: 'The environment (dev, staging, production); selects koyalite.<env>.yaml and .env.<env>',
}

/** The settings that variables named KOYALITE_<PATH> hold. @param file the .env file they stand in, null for the process */
export function variableOverrides(
  tree: OptionNode,
  variables: Variables,
  file: string | null,
): { readonly value: LocatedValue; readonly problems: readonly SettingsProblem[] } {
  let value: LocatedValue = { kind: 'map', at: { kind: 'default' }, entries: new Map() }
  const problems: SettingsProblem[] = []
  for (const [name, text] of Object.entries(variables)) {
    if (!name.startsWith(PREFIX) || text === undefined || name in OTHER_VARIABLES) continue
    const at: Origin = { kind: 'variable', name, file }
    const path = optionPath(tree, name.slice(PREFIX.length))
    if (path === null) {
      const known = [...listOptions(tree).map((option) => option.variable), ...Object.keys(OTHER_VARIABLES)]
      problems.push({ at, message: `is not the name of an option${didYouMean(name, known)}` })
    } else {
      value = mergeValues(value, wrapValue(path, locateValue(text, at, true)))
    }
  }
  return { value, problems }
}

/** Finds the option that SERVER_MAX_BODY means: names have underscores themselves, so all splits are tried along the tree. */
function optionPath(node: OptionNode, rest: string): readonly string[] | null {
  if (rest === '') return []
  if (node.kind === 'section') {
    for (const [name, child] of node.children) {
      const after = restAfter(name.toUpperCase(), rest)
      const path = after === null ? null : optionPath(child, after)
      if (path !== null) return [name, ...path]
    }
  }
  if (node.kind === 'table' && node.child.kind === 'section') {
    // The name inside a table is the user's choice: the shortest one after which an option follows.
    for (let end = rest.indexOf('_'); end !== -1; end = rest.indexOf('_', end + 1)) {
      const path = optionPath(node.child, rest.slice(end + 1))
      if (path !== null && path.length > 0) return [rest.slice(0, end).toLowerCase(), ...path]
    }
  }
  return null
}

function restAfter(name: string, rest: string): string | null {
  if (rest === name) return ''
  return rest.startsWith(`${name}_`) ? rest.slice(name.length + 1) : null
}
