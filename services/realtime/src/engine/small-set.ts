/** A set that mostly has one member, or none: thousands of those cost nothing then. Members are objects, and no sets. */
export type SmallSet<T extends object> = T | Set<T> | null

export function addTo<T extends object>(few: SmallSet<T>, member: T): SmallSet<T> {
  if (few === null || few === member) return member
  if (!(few instanceof Set)) return new Set([few, member])
  few.add(member)
  return few
}

export function removeFrom<T extends object>(few: SmallSet<T>, member: T): SmallSet<T> {
  if (few === member) return null
  if (few instanceof Set) few.delete(member)
  return few instanceof Set && few.size === 0 ? null : few
}

export function isIn<T extends object>(few: SmallSet<T>, member: T): boolean {
  return few instanceof Set ? few.has(member) : few === member
}

export function sizeOf<T extends object>(few: SmallSet<T>): number {
  return few === null ? 0 : few instanceof Set ? few.size : 1
}

export function eachOf<T extends object>(few: SmallSet<T>): Iterable<T> {
  return few === null ? [] : few instanceof Set ? few : [few]
}
