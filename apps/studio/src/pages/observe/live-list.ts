import { useRef } from 'react'

interface Entry {
  readonly id: string
  readonly at: string
}

export interface LiveList<T> {
  /** What is shown: the latest, or what was there when the list was stopped. */
  readonly shown: readonly T[] | undefined
  /** How many have come since. */
  readonly fresh: number
  /** Shows them. */
  catchUp(): void
}

/**
 * A list that goes on by itself until it is stopped, for somebody reads it. What it shows is the caller's: with another key it begins anew.
 * @param latest the newest first
 */
export function useLiveList<T extends Entry>(
  latest: readonly T[] | undefined,
  { isStopped, key }: { readonly isStopped: boolean; readonly key: string },
): LiveList<T> {
  const stopped = useRef<{ readonly key: string; list: readonly T[] } | null>(null)
  if (!isStopped || stopped.current?.key !== key) stopped.current = null
  if (isStopped && latest !== undefined) stopped.current ??= { key, list: latest }
  const shown = stopped.current?.list ?? latest
  return {
    shown,
    fresh: countFresh(latest ?? [], shown ?? []),
    catchUp() {
      if (stopped.current !== null && latest !== undefined) stopped.current.list = latest
    },
  }
}

function countFresh(latest: readonly Entry[], shown: readonly Entry[]): number {
  const [newest] = shown
  if (newest === undefined) return latest.length
  const known = latest.findIndex(({ id, at }) => id === newest.id && at === newest.at)
  return known === -1 ? latest.length : known
}
