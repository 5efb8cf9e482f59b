import {
  compareEntries,
  type FoundDocument,
  type Key,
  placeOf,
  sameOrder,
  type Window,
  type WindowShape,
} from './window'
import type { WindowDiff } from './window-diff'

/** What a change of one document does to a window. `diff` is null where it is not seen. */
export interface WindowStep {
  readonly window: Window
  readonly diff: WindowDiff | null
}

const NONE: readonly never[] = []

/**
 * `windowAfter` and `diffWindows` in one, for the change that comes most: that of one document. `found` is what it is now, if it is in the
 * list. Null where what is known does not tell: where something moves up from behind.
 */
export function stepWindow(
  before: Window,
  shape: WindowShape,
  key: Key,
  found: FoundDocument | undefined,
): WindowStep | null {
  const { entries, more } = before
  const at = entries.findIndex((entry) => entry.key === key)
  const old = entries[at]
  if (found === undefined) {
    if (old === undefined) return { window: before, diff: null }
    if (more) return null
    return { window: { ...before, entries: entries.toSpliced(at, 1) }, diff: diffOf({ deletes: [key] }) }
  }
  const { entry } = found
  if (old !== undefined && sameOrder(old, entry)) {
    if (old.hash === entry.hash) return { window: before, diff: null }
    return { window: { ...before, entries: entries.with(at, entry) }, diff: diffOf({ updates: [{ key }] }) }
  }
  const last = entries.at(-1)
  if (more && last !== undefined && compareEntries(entry, last, shape) > 0) {
    return old === undefined ? { window: before, diff: null } : null
  }
  const next = old === undefined ? entries.slice() : entries.toSpliced(at, 1)
  const place = placeOf(next, entry, shape)
  if (place === shape.limit) return { window: { ...before, more: true }, diff: null }
  next.splice(place, 0, entry)
  const after = next[place - 1]?.key ?? null
  if (old !== undefined) {
    const update = place === at ? { key } : { key, after }
    return { window: { ...before, entries: next }, diff: diffOf({ updates: [update] }) }
  }
  const inserts = [{ key, after }]
  if (next.length <= shape.limit) return { window: { ...before, entries: next }, diff: diffOf({ inserts }) }
  const dropped = next.pop()
  const deletes = dropped === undefined ? NONE : [dropped.key]
  return { window: { ...before, entries: next, more: true }, diff: diffOf({ inserts, deletes }) }
}

function diffOf(part: Partial<WindowDiff>): WindowDiff {
  return { inserts: NONE, updates: NONE, deletes: NONE, isSequential: true, ...part }
}
