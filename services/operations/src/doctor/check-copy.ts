import { type Database, readMeta } from '@koyalite/sqlite'
import { releaseText } from './check-held-mails'
import { type Finding, note } from './finding'

/** Whether the database was copied from another project, and what waits in it since. Null where it was not. */
export function checkCopy({ database }: { readonly database: Database }): Finding | null {
  const copied = readMeta(database, 'copied')
  if (copied === null) return null
  const { at, mails } = JSON.parse(copied) as { readonly at: string; readonly mails: number }
  const held = mails === 0 ? '' : `; ${mails} emails that were pending then are held and are not sent from here`
  const release = mails === 0 ? '' : ` ${releaseText({ mails, jobs: 0 })}`
  return note(
    'copy',
    `the database was identified as a copy of another project at ${at}${held}`,
    `It has an instance id, signing keys and sessions of its own: docs/operations.md, Copies of a project.${release}`,
  )
}
