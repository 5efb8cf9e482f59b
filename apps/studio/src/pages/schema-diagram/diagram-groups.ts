/** Collections that belong together: those that are named, and all whose names begin with the prefix. */
export interface DiagramGroup {
  readonly name: string
  /** One of the colours of charts, from 1. */
  readonly color: number
  readonly prefix?: string
  readonly collections: readonly string[]
}

export const GROUP_COLORS = [1, 2, 3, 4, 5, 6] as const

/** The collections of each group, as far as they are there. A collection is in the first group that has it. */
export function membersOf(groups: readonly DiagramGroup[], names: readonly string[]): readonly (readonly string[])[] {
  const taken = new Set<string>()
  return groups.map(({ prefix, collections }) => {
    const own = new Set(collections)
    const found = names.filter(
      (name) => !taken.has(name) && (own.has(name) || (prefix !== undefined && name.startsWith(prefix))),
    )
    for (const name of found) taken.add(name)
    return found
  })
}

/** A group for each first word that two collections have, such as `billing_`. */
export function groupsByPrefix(names: readonly string[]): readonly DiagramGroup[] {
  const byPrefix = Map.groupBy(names, (name) => name.slice(0, name.indexOf('_') + 1))
  return [...byPrefix]
    .filter(([prefix, of]) => prefix !== '' && of.length > 1)
    .map(([prefix], i) => ({ name: prefix.slice(0, -1), color: colorAt(i), prefix, collections: [] }))
}

/** The groups with one more, in which these collections are from now on. */
export function withGroup(groups: readonly DiagramGroup[], collections: readonly string[]): readonly DiagramGroup[] {
  const used = new Set(groups.map(({ name }) => name))
  let number = groups.length + 1
  while (used.has(`Group ${number}`)) number++
  const free = GROUP_COLORS.find((color) => groups.every((group) => group.color !== color)) ?? colorAt(groups.length)
  return [{ name: `Group ${number}`, color: free, collections }, ...groups.map((group) => without(group, collections))]
}

/** Puts collections into the group at a position, and takes them out of the others. */
export function addToGroup(
  groups: readonly DiagramGroup[],
  index: number,
  collections: readonly string[],
): readonly DiagramGroup[] {
  const group = groups[index]
  if (group === undefined) return groups
  const grown = { ...group, collections: [...new Set([...group.collections, ...collections])] }
  // Before those that would have them by their prefix.
  return [grown, ...groups.toSpliced(index, 1).map((other) => without(other, collections))]
}

function without(group: DiagramGroup, collections: readonly string[]): DiagramGroup {
  return { ...group, collections: group.collections.filter((name) => !collections.includes(name)) }
}

function colorAt(index: number): number {
  return (index % GROUP_COLORS.length) + 1
}

/** As they are stored; what an older studio, or somebody with curl, has left there counts as none. */
export function parseGroups(value: unknown): readonly DiagramGroup[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((one: unknown): readonly DiagramGroup[] => {
    if (typeof one !== 'object' || one === null) return []
    const { name, color, prefix, collections } = one as Partial<Record<keyof DiagramGroup, unknown>>
    if (typeof name !== 'string') return []
    const known = GROUP_COLORS.find((candidate) => candidate === color) ?? 1
    const names = Array.isArray(collections) ? collections.filter((item) => typeof item === 'string') : []
    return [{ name, color: known, ...(typeof prefix === 'string' && { prefix }), collections: names }]
  })
}
