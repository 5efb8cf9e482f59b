import { sameEntry, type Window, type WindowShape } from './window'

/**
 * Windows that are equal are one object: thousands of members of a room have the same list, each by rights of their own. What a change
 * does to it is then worked out once, and the windows after it are one object again.
 */
export interface WindowPool {
  /** The window, or one that is equal to it. */
  share(window: Window, shape: WindowShape): Window
}

export function createWindowPool(): WindowPool {
  const windows = new Map<string, WeakRef<Window>>()
  const forgotten = new FinalizationRegistry<string>((name) => {
    if (windows.get(name)?.deref() === undefined) windows.delete(name)
  })
  return {
    share(window, shape) {
      const name = nameOf(window, shape)
      const known = windows.get(name)?.deref()
      if (known && isEqual(known, window)) return known
      windows.set(name, new WeakRef(window))
      forgotten.register(window, name)
      return window
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
    a.entries.every((entry, index) => sameEntry(entry, b.entries[index]))
  )
}
