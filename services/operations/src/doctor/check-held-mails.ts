import { type Database, readMeta } from '@koyalite/sqlite'
import { type Finding, note } from './finding'

/** What to do about mails that are held. */
export const NO_RELEASE =
  'Nothing in this version releases held mails (koyalite jobs release --copied comes with jobs): people ask for a new link where they need one.'

/** Of the last restore, in the database's own words of itself: when, and how many mails it holds. */
export const HELD_META = 'held'

/** Whether mails are held since a restore. Null where none are. */
export function checkHeldMails({ database }: { readonly database: Database }): Finding | null {
  const held = readMeta(database, HELD_META)
  if (held === null) return null
  const { at, mails } = JSON.parse(held) as { readonly at: string; readonly mails: number }
  const message = `a backup was restored at ${at}; ${mails} mails that waited in it are held, since they may have been sent meanwhile`
  return mails === 0 ? null : note('restore', message, NO_RELEASE)
}
