import type { CollectionMetadata } from './metadata'

/** A collection among the others, for paths that lead out of it. */
export interface Scope {
  readonly collection: string
  readonly collections: Readonly<Record<string, CollectionMetadata>>
}

/** A path along relations in the names of the wire. A `-` before it (descending) stays. */
export function wirePath(path: string, { collection, collections }: Scope): string {
  const sign = path.startsWith('-') ? '-' : ''
  let at: CollectionMetadata | undefined = collections[collection]
  const steps = path.slice(sign.length).split('.')
  const names = steps.map((step) => {
    const name = at?.names?.[step] ?? step
    at = collections[at?.relations?.[step] ?? '']
    return name
  })
  return sign + names.join('.')
}

/** A filter in the names of the wire; what is none stays as it is. */
export function wireFilter(filter: unknown, scope: Scope): unknown {
  if (Array.isArray(filter)) return filter.map((one) => wireFilter(one, scope))
  if (typeof filter !== 'object' || filter === null) return filter
  return Object.fromEntries(
    Object.entries(filter).map(([key, value]) =>
      key.startsWith('$') ? [key, wireFilter(value, scope)] : [wirePath(key, scope), value],
    ),
  )
}

/** The fields of an input in the names of the wire. */
export function wireFields(data: unknown, names: CollectionMetadata['names']): unknown {
  if (names === undefined || typeof data !== 'object' || data === null || Array.isArray(data)) return data
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [names[name] ?? name, value]))
}
