import type { CollectionMetadata, FieldKind } from './metadata'
import { revivedValue } from './values'

interface Scope {
  readonly collection: string
  readonly collections: Readonly<Record<string, CollectionMetadata>>
}

/** What an aggregate asks for, where the types are not known. */
export interface AggregateTexts {
  readonly values: readonly string[]
  readonly group?: readonly string[] | undefined
  readonly having?: object | undefined
  readonly sort?: readonly string[] | undefined
  readonly limit?: number | undefined
  readonly timezone?: string | undefined
}

/** Gives Dates to what is a timestamp: groups by one (not by its month), the first and the last one. */
export function readGroups(
  groups: Record<string, unknown>[],
  { values, group = [] }: AggregateTexts,
  scope: Scope,
): unknown {
  const kinds = [
    ...group.map((entry) => outputOf(entry, { isValue: false })),
    ...values.map((entry) => outputOf(entry, { isValue: true })),
  ].map(({ name, path }) => [name, path === null ? undefined : kindOf(path, scope)] as const)
  for (const one of groups) for (const [name, kind] of kinds) one[name] = revivedValue(one[name], kind)
  return groups
}

interface Output {
  readonly name: string
  /** Of the field whose values it has; null where it has others. */
  readonly path: string | null
}

function outputOf(entry: string, { isValue }: { readonly isValue: boolean }): Output {
  const parts = entry.split(':')
  const alias = parts.length > 2 && parts.at(-2) === 'as' ? parts.splice(-2)[1] : undefined
  const [first = '', second] = parts
  if (!isValue) return { name: alias ?? first, path: second === undefined ? first : null }
  const name = alias ?? (second === undefined ? first : `${first}_${second}`)
  return { name, path: second !== undefined && (first === 'min' || first === 'max') ? second : null }
}

/** Of the field at the end of a path along references. */
function kindOf(path: string, { collection, collections }: Scope): FieldKind | undefined {
  const steps = path.split('.')
  const field = steps.pop() ?? ''
  let at: string | undefined = collection
  for (const step of steps) at = at === undefined ? undefined : collections[at]?.relations?.[step]
  return at === undefined ? undefined : collections[at]?.fields?.[field]
}
