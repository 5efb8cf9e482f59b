import { existsSync } from 'node:fs'
import { link } from 'node:fs/promises'
import { AppError } from '@koyalite/contracts'
import { recodeFile, settleFile } from '@koyalite/sqlite'
import { publish, syncPath, timestampName } from '../durable-files'
import { leftoversOf, removeLeftovers, shredFile } from './shred-file'

export interface ChangeKey {
  readonly databasePath: string
  /** What encrypts the file now; undefined: nothing. */
  readonly key: string | undefined
  /** What is to encrypt it; undefined: nothing. */
  readonly newKey: string | undefined
  /** Keeps the old file under another name, instead of overwriting and removing it. */
  readonly keepOld: boolean
}

/**
 * Replaces a database that nobody has open by a copy with another key. The copy is complete, verified and on the disk before it takes the place of the
 * old file, in one step; whenever this is cut short, the database is one of the two, whole. Returns the name of the old file if it is kept.
 */
export async function changeKey({ databasePath, key, newKey, keepOld }: ChangeKey): Promise<string | null> {
  if (!existsSync(databasePath)) throw new AppError('NOT_FOUND', `There is no database at ${databasePath} yet.`)
  await removeLeftovers(databasePath)
  await settleFile(databasePath, key === undefined ? {} : { key })
  const { old, copy } = leftoversOf(databasePath)
  try {
    await recodeFile({ from: databasePath, key, to: copy, newKey })
  } catch (error) {
    await removeLeftovers(databasePath)
    throw error
  }
  await syncPath(copy)
  const kept = keepOld ? `${databasePath}.before-${timestampName(Date.now())}` : null
  await link(databasePath, kept ?? old)
  await publish(copy, databasePath)
  if (kept === null) await shredFile(old)
  return kept
}
