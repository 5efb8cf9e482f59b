import { type Key, sameOrder, UNCHANGED, type Window, type WindowEntry } from './window'

/** A document that is at another place than before, or was not there: `after` is the key of the one before it, null for the first. */
export interface Placed {
  readonly key: Key
  readonly after: Key | null
}

/** What turns one window into another. Inserts and moves are in the order of the new window. */
export interface WindowDiff {
  readonly inserts: readonly Placed[]
  /** Documents that changed, or moved: only then `after` is there. */
  readonly updates: readonly (Placed | { readonly key: Key; readonly after?: undefined })[]
  readonly deletes: readonly Key[]
  /**
   * False if it takes a client that looks at inserts and moves together to get the order right: where a document is inserted behind
   * one that moves.
   */
  readonly isSequential: boolean
}

/** The difference of two windows of one list, or null if there is none. */
export function diffWindows(before: Window, after: Window): WindowDiff | null {
  const old = new Map<Key, number>()
  for (const [index, { key }] of before.entries.entries()) old.set(key, index)
  const moved = movedKeys(before.entries, after.entries, old)
  const inserts: Placed[] = []
  const updates: WindowDiff['updates'][number][] = []
  let isSequential = true
  let previous: WindowEntry | null = null
  /** The place of the entry before depends on one that moves. */
  let unsettled = false
  for (const entry of after.entries) {
    const index = old.get(entry.key)
    const place = { key: entry.key, after: previous?.key ?? null }
    if (index === undefined) {
      inserts.push(place)
      if (unsettled) isSequential = false
    } else if (moved.has(entry.key)) {
      updates.push(place)
      unsettled = true
    } else {
      if (differs(before.entries[index] as WindowEntry, entry)) updates.push({ key: entry.key })
      unsettled = false
    }
    old.delete(entry.key)
    previous = entry
  }
  const deletes = [...old.keys()]
  if (inserts.length === 0 && updates.length === 0 && deletes.length === 0) return null
  return { inserts, updates, deletes, isSequential }
}

function differs(before: WindowEntry, after: WindowEntry): boolean {
  return before.hash !== after.hash && before.hash !== UNCHANGED
}

const NOTHING: ReadonlySet<Key> = new Set()

/**
 * The documents that have to be put elsewhere. Those whose sort keys are the same as before are in the same order among themselves; of
 * the others, each that does not fit between them moves.
 */
function movedKeys(
  before: readonly WindowEntry[],
  after: readonly WindowEntry[],
  old: ReadonlyMap<Key, number>,
): ReadonlySet<Key> {
  const kept = after.flatMap((entry) => {
    const index = old.get(entry.key)
    return index === undefined ? [] : [{ key: entry.key, index, fixed: sameOrder(before[index] as WindowEntry, entry) }]
  })
  if (kept.every(({ index }, at) => at === 0 || (kept[at - 1]?.index ?? 0) < index)) return NOTHING
  /** Per position: the first fixed one's index behind it. */
  const ceilings: number[] = []
  let ceiling = Number.POSITIVE_INFINITY
  for (const { index, fixed } of kept.toReversed()) {
    ceilings.unshift(ceiling)
    if (fixed) ceiling = index
  }
  const moved = new Set<Key>()
  let floor = -1
  for (const [at, { key, index, fixed }] of kept.entries()) {
    if (fixed || (index > floor && index < (ceilings[at] ?? 0))) floor = Math.max(floor, index)
    else moved.add(key)
  }
  return moved
}
