import { type Database, readMeta } from '@koyalite/sqlite'
import { type Finding, note } from './finding'

/** How many are held since the project was copied or restored. */
export interface HeldCounts {
  readonly mails: number
  readonly jobs: number
}

/** What to do about them. */
export function releaseText({ mails, jobs }: HeldCounts): string {
  if (mails === 0) return jobs === 0 ? '' : 'To run the held jobs: koyalite jobs release --copied.'
  if (jobs === 0)
    return 'To send the held emails: koyalite jobs release --copied, or koyalite mail resend <id> for one of them.'
  return 'To run the held jobs and send the held emails: koyalite jobs release --copied (one email: koyalite mail resend <id>).'
}

/** Of the last restore, in the database's own words of itself: when, and how many mails it holds. */
export const HELD_META = 'held'

/** Whether mails are held since a restore. Null where none are. */
export function checkHeldMails({ database }: { readonly database: Database }): Finding | null {
  const held = readMeta(database, HELD_META)
  if (held === null) return null
  const { at, mails } = JSON.parse(held) as { readonly at: string; readonly mails: number }
  const message = `a backup was restored at ${at}; ${mails} pending emails in it are held, because they may have been sent already`
  return mails === 0 ? null : note('restore', message, releaseText({ mails, jobs: 0 }))
}
