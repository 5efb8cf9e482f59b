import type { Tx } from '@koyalite/contracts'
import { passOver } from './firing/fire-schedule'
import { hasTable, listLate } from './store/schedules'

const STEP = 100

/**
 * What was due before a restore may have run after the backup was made: nothing is made up for. To be called in the transaction that notes the restore.
 * @returns of how many schedules firings were passed over
 */
export function passOverRestoredFirings(tx: Tx, now: number): number {
  if (!hasTable(tx)) return 0
  let count = 0
  for (let late = listLate(tx, now, STEP); late.length > 0; late = listLate(tx, now, STEP)) {
    for (const schedule of late) passOver(tx, schedule, now)
    count += late.length
  }
  return count
}
