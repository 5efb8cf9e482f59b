import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type RemovedAccess, removeCopiedAccess, SIGNING_KEYS_FILE } from '@koyalite/auth'
import { type AuditEvent, auditedActor, SYSTEM, type Tx } from '@koyalite/contracts'
import { skipWaitingEvents } from '@koyalite/events'
import { holdWaitingJobs } from '@koyalite/jobs'
import { type Instance, type Log, newInstance, readInstance } from '@koyalite/kernel'
import { holdWaitingMails } from '@koyalite/mail'
import { releaseText } from '@koyalite/operations'
import { pauseCopiedSchedules } from '@koyalite/schedules'
import { type Database, readMeta, writeMeta } from '@koyalite/sqlite'
import { disableCopiedWebhooks } from '@koyalite/webhooks'

export interface InstanceParts {
  readonly database: Database
  /** `data/keys`; null: the database is in memory. */
  readonly keysDir: string | null
  readonly log: Log
  record(tx: Tx, event: AuditEvent): void
}

export interface Identified {
  readonly instance: Instance
  /** What to say of a database that turned out to be a copy; null: it is not one. */
  readonly copied: string | null
}

/** In the database's own words of itself: the instance's id, and when a copy was found to be one. */
const META = { id: 'instance', copied: 'copied' } as const

/**
 * Which installation this is: the id in the database and the one beside its keys. Where they differ the database is a copy, and becomes an installation of
 * its own before anything of it is served: another id, other signing keys, nothing that opens the original, mails that waited are held, and events that waited are skipped. A project of
 * before there were ids keeps all it has where its keys are beside it. To be called before the keys are opened.
 */
export async function identifyInstance(parts: InstanceParts): Promise<Identified> {
  const { database, keysDir } = parts
  const beside = await readInstance(keysDir)
  const inside = readMeta(database, META.id)
  if (beside !== null && beside.id === inside) return { instance: beside, copied: null }
  const isFirst = beside === null && inside === null
  const hasKeys = keysDir !== null && existsSync(join(keysDir, SIGNING_KEYS_FILE))
  if (isFirst && (hasKeys || keysDir === null)) return { instance: await begin(parts), copied: null }
  return becomeAnother(parts, { wasNamed: inside !== null })
}

/** The database first: keys that name an instance beside a database that names none are those of another. */
async function begin({ database, keysDir }: InstanceParts): Promise<Instance> {
  const { instance, store } = newInstance()
  await database.write((tx) => writeMeta(tx, META.id, instance.id))
  await store(keysDir)
  return instance
}

/** Cut short at any moment, the next start finds two ids that differ, and does it again. */
async function becomeAnother(
  { database, keysDir, log, record }: InstanceParts,
  { wasNamed }: { readonly wasNamed: boolean },
): Promise<Identified> {
  const { instance, store } = newInstance()
  if (keysDir !== null) await rm(join(keysDir, SIGNING_KEYS_FILE), { force: true })
  const { value: removed } = await database.write((tx) => {
    const access = removeCopiedAccess(tx)
    const mails = holdWaitingMails(tx, 'this database is a copy')
    skipWaitingEvents(tx)
    const jobs = holdWaitingJobs(tx)
    const schedules = pauseCopiedSchedules(tx, Date.now())
    const { endpoints: webhooks, deliveries } = disableCopiedWebhooks(tx, Date.now())
    const revoked = access.sessions + access.keys + access.links
    const isCopy = wasNamed || revoked + mails + jobs + schedules + webhooks > 0
    writeMeta(tx, META.id, instance.id)
    if (!isCopy) return null
    const details = { instance: instance.id, ...access, mails, jobs, schedules, webhooks, deliveries }
    writeMeta(tx, META.copied, JSON.stringify({ at: new Date().toISOString(), mails, jobs }))
    record(tx, { event: 'database.copied', outcome: 'success', ...auditedActor(SYSTEM), details })
    return { ...access, mails, jobs, schedules, webhooks }
  })
  await store(keysDir)
  // Nothing was there yet: a new database.
  if (removed === null) return { instance, copied: null }
  await database.newEpoch()
  const copied = copyText(removed)
  log.warn({ instance: instance.id, ...removed }, copied)
  return { instance, copied }
}

interface HeldWork {
  readonly mails: number
  readonly jobs: number
  readonly schedules: number
  /** Endpoints that are disabled. */
  readonly webhooks: number
}

function copyText(removed: RemovedAccess & HeldWork): string {
  const { sessions, keys, links, mails, jobs, schedules, webhooks } = removed
  return (
    'This database is a copy of another project, or its keys are missing: it becomes a separate installation. ' +
    `Revoked: ${sessions} sessions, ${keys} service keys, ${links} emailed links and codes. Held: ${mails} emails, ${jobs} jobs. ` +
    (schedules === 0 ? '' : `Paused: ${schedules} schedules; to let one fire: koyalite schedules resume <name>. `) +
    (mails + jobs === 0 ? '' : `${releaseText({ mails, jobs })} `) +
    (webhooks === 0 ? '' : `Disabled: ${webhooks} webhook endpoints (koyalite webhooks enable <name>). `) +
    'Create new service keys: koyalite keys create.'
  )
}
