import { type Database, readMeta } from '@koyalite/sqlite'
import { type Finding, note } from './finding'

/** What to do about mails that are held. */
export const NO_RELEASE =
  'To send held emails: koyalite jobs release --copied, or koyalite mail resend <id> for one of them.'

/** Of the last restore, in the database's own words of itself: when, and how many mails it holds. */
export const HELD_META = 'held'

/** Whether mails are held since a restore. Null where none are. */
export function checkHeldMails({ database }: { readonly database: Database }): Finding | null {
  const held = readMeta(database, HELD_META)
  if (held === null) return null
  const { at, mails } = JSON.parse(held) as { readonly at: string; readonly mails: number }
  const message = `a backup was restored at ${at}; ${mails} pending emails in it are held, because they may have been sent already`
  return mails === 0 ? null : note('restore', message, NO_RELEASE)
}
