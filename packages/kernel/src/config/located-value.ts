/** Where a value was written. */
export type Origin =
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'variable'; readonly name: string; readonly file: string | null }
  | { readonly kind: 'override'; readonly name: string }
  | { readonly kind: 'default' }

/** A value that knows where it comes from. */
export type LocatedValue =
  | { readonly kind: 'map'; readonly at: Origin; readonly entries: ReadonlyMap<string, LocatedEntry> }
  | { readonly kind: 'list'; readonly at: Origin; readonly items: readonly LocatedValue[] }
  | {
      readonly kind: 'scalar'
      readonly at: Origin
      readonly value: string | number | boolean | null
      /** It comes from an environment variable, which can only hold text: its option's type decides what it is. */
      readonly isText: boolean
    }

export interface LocatedEntry {
  /** Where the key stands. */
  readonly keyAt: Origin
  readonly value: LocatedValue
}

/** `koyalite.yaml:3:5`, or the name of a variable. */
export function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'file':
      return `${origin.file}:${origin.line}:${origin.column}`
    case 'variable':
      return origin.file === null ? origin.name : `${origin.file}: ${origin.name}`
    case 'override':
      return origin.name
    case 'default':
      return 'default'
  }
}

/** Maps are merged key by key; anything else in `over` replaces what is in `under`. */
export function mergeValues(under: LocatedValue, over: LocatedValue): LocatedValue {
  if (under.kind !== 'map' || over.kind !== 'map') return over
  const entries = new Map(under.entries)
  for (const [key, entry] of over.entries) {
    const below = entries.get(key)
    entries.set(key, below === undefined ? entry : { ...entry, value: mergeValues(below.value, entry.value) })
  }
  return { ...over, entries }
}

/** `value` at `path`, with maps around it. */
export function wrapValue(path: readonly string[], value: LocatedValue): LocatedValue {
  return path.reduceRight<LocatedValue>(
    (inner, key) => ({ kind: 'map', at: inner.at, entries: new Map([[key, { keyAt: inner.at, value: inner }]]) }),
    value,
  )
}

/** A plain value from one place. */
export function locateValue(value: unknown, at: Origin, isText: boolean): LocatedValue {
  if (Array.isArray(value)) return { kind: 'list', at, items: value.map((item) => locateValue(item, at, isText)) }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(
      ([key, inner]) => [key, { keyAt: at, value: locateValue(inner, at, isText) }] as const,
    )
    return { kind: 'map', at, entries: new Map(entries) }
  }
  const scalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
  return { kind: 'scalar', at, value: scalar, isText: isText && typeof scalar === 'string' }
}

export function plainValue(value: LocatedValue): unknown {
  switch (value.kind) {
    case 'scalar':
      return value.value
    case 'list':
      return value.items.map(plainValue)
    case 'map':
      return Object.fromEntries([...value.entries].map(([key, entry]) => [key, plainValue(entry.value)]))
  }
}

/** The deepest value along `path`; `isThere` if that is the one at its end. */
export function valueAt(
  root: LocatedValue,
  path: readonly (string | number)[],
): { value: LocatedValue; keyAt: Origin; isThere: boolean } {
  let value = root
  let keyAt = root.at
  for (const step of path) {
    if (value.kind === 'map') {
      const entry = value.entries.get(String(step))
      if (entry === undefined) return { value, keyAt, isThere: false }
      value = entry.value
      keyAt = entry.keyAt
    } else if (value.kind === 'list') {
      const item = value.items[Number(step)]
      if (item === undefined) return { value, keyAt, isThere: false }
      value = item
      keyAt = item.at
    } else return { value, keyAt, isThere: false }
  }
  return { value, keyAt, isThere: true }
}
