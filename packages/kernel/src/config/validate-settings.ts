import { didYouMean } from '@koyalite/contracts'
import type { z } from 'zod'
import type { SettingsDeclaration } from './declare-settings'
import { type LocatedValue, plainValue, valueAt } from './located-value'
import { nodeAt, type OptionNode, type OptionPath } from './option-tree'
import type { SettingsProblem } from './settings-problem'

export type Validation<Settings> =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly SettingsProblem[] }

/** Zod compiles the code of a parser when it is first used: three times what parsing once takes. */
const PARSED_ONCE = { jitless: true } as const

/** Checks everything at once, and says of each mistake where it stands. */
export function validateSettings<Settings>(
  { type, tree }: SettingsDeclaration<Settings>,
  value: LocatedValue,
): Validation<Settings> {
  const result = type.safeParse(plainValue(value), PARSED_ONCE)
  if (result.success) return { ok: true, settings: result.data }
  return { ok: false, problems: result.error.issues.flatMap((issue) => describeIssue(tree, issue, value)) }
}

function describeIssue(tree: OptionNode, issue: z.core.$ZodIssue, root: LocatedValue): readonly SettingsProblem[] {
  const path = issue.path as OptionPath
  if (issue.code === 'unrecognized_keys') {
    const node = nodeAt(tree, path)
    const known = node?.kind === 'section' ? [...node.children.keys()] : []
    return issue.keys.map((key) => ({
      at: valueAt(root, [...path, key]).keyAt,
      message: `unknown option '${[...path, key].join('.')}'${didYouMean(key, known)}`,
    }))
  }
  const { value, isThere } = valueAt(root, path)
  const node = nodeAt(tree, path)
  const message = isThere ? whatIsWrong(issue, value, node) : whatIsMissing(issue, node)
  return [{ at: value.at, message: `${path.join('.')}: ${message}` }]
}

function whatIsWrong(issue: z.core.$ZodIssue, value: LocatedValue, node: OptionNode | undefined): string {
  switch (issue.code) {
    case 'invalid_value': {
      const given = value.kind === 'scalar' ? String(value.value) : ''
      return `must be one of ${issue.values.join(', ')}${didYouMean(given, issue.values.map(String))}`
    }
    case 'too_small':
      return issue.origin === 'string' ? tooShort(Number(issue.minimum)) : `must be at least ${issue.minimum}`
    case 'too_big':
      return `must be at most ${issue.maximum}`
    case 'invalid_type':
      // A type with a message of its own (durations, sizes) says it better than the name of its type.
      if (!issue.message.startsWith('Invalid input')) return issue.message
      return `expected ${TYPE_NAMES[issue.expected] ?? issue.expected}${given(value, node)}`
    default:
      return issue.message
  }
}

/** For an option that has no default, such as one that each item of a list must have. */
function whatIsMissing(issue: z.core.$ZodIssue, node: OptionNode | undefined): string {
  if (issue.code !== 'invalid_type') return issue.message
  return `is required${node?.kind === 'option' ? ` (${node.meta.help})` : ''}`
}

function tooShort(minimum: number): string {
  return minimum === 1 ? 'must not be empty' : `must have at least ${minimum} characters`
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'options under it',
  record: 'names with values under it',
}

function given(value: LocatedValue, node: OptionNode | undefined): string {
  if (value.kind !== 'scalar') return `, not a ${value.kind}`
  return node?.kind === 'option' && node.meta.secret ? '' : `, not ${JSON.stringify(value.value)}`
}
