import { type FoundDocument, type Key, sameOrder, type Window, type WindowEntry, type WindowShape } from './window'
import { stepWindow, type WindowStep } from './window-step'

/**
 * Windows that are equal are one object: thousands of members of a room have the same list, each by rights of their own. What one change
 * does to it is then worked out once, and the windows after it are one object again.
 */
export interface WindowPool {
  /** The window, or one that is equal to it. */
  share(window: Window, shape: WindowShape): Window
  /** `stepWindow`, remembered for the next group that has the same window and finds the same document. */
  step(before: Window, shape: WindowShape, key: Key, found: FoundDocument | undefined): WindowStep | null
}

interface LastStep {
  readonly shape: WindowShape
  readonly key: Key
  readonly entry: WindowEntry | undefined
  readonly step: WindowStep | null
}

export function createWindowPool(): WindowPool {
  const windows = new Map<string, WeakRef<Window>>()
  const forgotten = new FinalizationRegistry<string>((name) => {
    if (windows.get(name)?.deref() === undefined) windows.delete(name)
  })
  const steps = new WeakMap<Window, LastStep>()
  return {
    share(window, shape) {
      const name = nameOf(window, shape)
      const known = windows.get(name)?.deref()
      if (known && isEqual(known, window)) return known
      windows.set(name, new WeakRef(window))
      forgotten.register(window, name)
      return window
    },
    step(before, shape, key, found) {
      const last = steps.get(before)
      if (last && last.key === key && isSameShape(last.shape, shape) && isSameEntry(last.entry, found?.entry)) {
        return last.step
      }
      const step = stepWindow(before, shape, key, found)
      steps.set(before, { shape, key, entry: found?.entry, step })
      return step
    },
  }
}

function nameOf({ entries, more, total }: Window, { limit, descending }: WindowShape): string {
  let sum = 0
  for (const { hash } of entries) sum = (sum * 31 + hash) % 9007199254740881
  return `${limit} ${descending} ${more} ${total} ${entries.length} ${sum}`
}

function isEqual(a: Window, b: Window): boolean {
  return (
    a.more === b.more &&
    a.total === b.total &&
    a.entries.length === b.entries.length &&
    a.entries.every((entry, index) => isSameEntry(entry, b.entries[index]))
  )
}

function isSameEntry(a: WindowEntry | undefined, b: WindowEntry | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return a.key === b.key && a.hash === b.hash && sameOrder(a, b)
}

function isSameShape(a: WindowShape, b: WindowShape): boolean {
  return a.limit === b.limit && a.descending.join() === b.descending.join()
}
