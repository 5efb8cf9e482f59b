import type { Change } from '@koyalite/contracts'
import { type ChangeRange, type Database, selectChanges, toChange } from '@koyalite/sqlite'

/** The last change that a read sees at this moment; it may not be on the disk yet. */
export function committedSeq(database: Database): number {
  return (database.get({ text: 'SELECT max(seq) FROM _koyalite_changes', params: [] })?.[0] as number | null) ?? 0
}

/** The changes of a range, oldest first. */
export function changesBetween(database: Database, range: ChangeRange): Change[] {
  return database.all(selectChanges(range)).map(toChange)
}

/** Whether the log still has every change after `seq`. */
export function reachesBack(database: Database, seq: number): boolean {
  const first = database.get({ text: 'SELECT min(seq) FROM _koyalite_changes', params: [] })?.[0] as number | null
  return seq >= (first ?? 1) - 1
}
