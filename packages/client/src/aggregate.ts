import type { FieldKind } from './metadata'
import { revivedValue } from './values'
import { type Scope, wirePath } from './wire-names'

/** What an aggregate asks for, where the types are not known. */
export interface AggregateTexts {
  readonly values: readonly string[]
  readonly group?: readonly string[] | undefined
  readonly having?: object | undefined
  readonly sort?: readonly string[] | undefined
  readonly limit?: number | undefined
  readonly timezone?: string | undefined
}

/** In the names of the wire. */
export function wireAggregate(input: AggregateTexts, scope: Scope): AggregateTexts {
  const names = new Map(outputsOf(input, scope).map(({ name, wireName }) => [name, wireName]))
  const wire = (name: string) => names.get(name) ?? name
  const { values, group = [], having, sort = [] } = input
  return {
    ...input,
    values: values.map((entry) => wireEntry(entry, 1, scope)),
    group: group.map((entry) => wireEntry(entry, 0, scope)),
    having: having && Object.fromEntries(Object.entries(having).map(([name, value]) => [wire(name), value])),
    sort: sort.map((key) => (key.startsWith('-') ? `-${wire(key.slice(1))}` : wire(key))),
  }
}

/** Gives groups the names of clients, and Dates to what is a timestamp: groups by one (not by its month), the first and the last one. */
export function readGroups(groups: Record<string, unknown>[], input: AggregateTexts, scope: Scope): unknown {
  const outputs = outputsOf(input, scope)
  return groups.map((group) =>
    Object.fromEntries(outputs.map(({ name, wireName, kind }) => [name, revivedValue(group[wireName], kind)])),
  )
}

interface Output {
  readonly name: string
  readonly wireName: string
  /** Of the field whose values it has. */
  readonly kind: FieldKind | undefined
}

function outputsOf({ values, group = [] }: AggregateTexts, scope: Scope): readonly Output[] {
  return [
    ...group.map((entry) => {
      const [path = '', bucket] = withoutAlias(entry)
      return output(entry, 0, bucket === undefined ? path : null)
    }),
    ...values.map((entry) => {
      const [call, path = null] = withoutAlias(entry)
      return output(entry, 1, call === 'min' || call === 'max' ? path : null)
    }),
  ]

  function output(entry: string, pathAt: 0 | 1, path: string | null): Output {
    return {
      name: nameOf(entry, pathAt),
      wireName: nameOf(wireEntry(entry, pathAt, scope), pathAt),
      kind: path === null ? undefined : kindOf(path, scope),
    }
  }
}

/** `sum:amount:as:total`: what it is, without what it is called. */
function withoutAlias(entry: string): readonly string[] {
  return entry.replace(/:as:[^:]*$/, '').split(':')
}

/** What an entry is called in groups. @param pathAt where its path stands: 0 in `created_at:month`, 1 in `sum:amount` */
function nameOf(entry: string, pathAt: 0 | 1): string {
  const alias = /:as:([^:]*)$/.exec(entry)?.[1]
  const [first = '', second] = withoutAlias(entry)
  return alias ?? (pathAt === 0 || second === undefined ? first : `${first}_${second}`)
}

function wireEntry(entry: string, pathAt: 0 | 1, scope: Scope): string {
  return entry
    .split(':')
    .map((part, index) => (index === pathAt ? wirePath(part, scope) : part))
    .join(':')
}

/** Of the field at the end of a path along references. */
function kindOf(path: string, { collection, collections }: Scope): FieldKind | undefined {
  const steps = path.split('.')
  const field = steps.pop() ?? ''
  let at: string | undefined = collection
  for (const step of steps) at = at === undefined ? undefined : collections[at]?.relations?.[step]
  return at === undefined ? undefined : collections[at]?.fields?.[field]
}
