import type { ListBackupsResponse } from '@koyalite/client/admin'
import { InvalidArgumentError } from 'commander'

/** What `--keep` says: how many, or for how long. */
export interface Keep {
  /** As koyalite.yaml has it. */
  readonly written: number | string
  readonly retention: ListBackupsResponse['schedule']['keep']
}

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000 }

export function parseKeep(text: string): Keep {
  const [, amount, unit] = /^(\d{1,6})(h|d)?$/.exec(text) ?? []
  const number = Number(amount)
  if (amount === undefined || number < 1)
    throw new InvalidArgumentError('Expected how many backups to keep, like 7, or for how long, like 30d.')
  if (unit === undefined) return { written: number, retention: { count: number } }
  return { written: text, retention: { ageMs: number * (UNITS[unit] ?? 0) } }
}
