import { useRef } from 'react'

export interface LiveEntry {
  readonly id: string
  readonly at: string
}

export interface LiveList<T> {
  /** What is shown: the latest, or what was there when the list was stopped, each entry as it is now. */
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
export function useLiveList<T extends LiveEntry>(
  latest: readonly T[] | undefined,
  { isStopped, key }: { readonly isStopped: boolean; readonly key: string },
): LiveList<T> {
  const stopped = useRef<{ readonly key: string; list: readonly T[] } | null>(null)
  if (!isStopped || stopped.current?.key !== key) stopped.current = null
  if (isStopped && latest !== undefined) stopped.current ??= { key, list: latest }
  const list = stopped.current?.list
  const shown = list === undefined || list === latest ? latest : asTheyAre(list, latest ?? [])
  return {
    shown,
    fresh: countFresh(latest ?? [], shown ?? []),
    catchUp() {
      if (stopped.current !== null && latest !== undefined) stopped.current.list = latest
    },
  }
}

/** The order stands still, the entries need not: a job that waited runs by now. */
function asTheyAre<T extends LiveEntry>(list: readonly T[], latest: readonly T[]): readonly T[] {
  const keyOf = ({ id, at }: T) => `${at} ${id}`
  const now = new Map(latest.map((entry) => [keyOf(entry), entry]))
  return list.map((entry) => now.get(keyOf(entry)) ?? entry)
}

function countFresh(latest: readonly LiveEntry[], shown: readonly LiveEntry[]): number {
  const [newest] = shown
  if (newest === undefined) return latest.length
  const known = latest.findIndex(({ id, at }) => id === newest.id && at === newest.at)
  return known === -1 ? latest.length : known
}
