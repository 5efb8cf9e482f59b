import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { admin } from '@koyalite/access'
import { AppError } from '@koyalite/contracts'
import { type Route, route } from '@koyalite/kernel'
import { readMeta } from '@koyalite/sqlite'
import { z } from 'zod'
import { BACKUPS_AREA } from '../admin-areas'
import { backupsIn } from '../backup-place'
import { backupsFolder } from '../backups-folder'
import { backupAndPrune } from '../operations/backup-and-prune'
import { deleteBackup } from '../operations/delete-backup'
import { namedBackup } from '../operations/named-backup'
import { verifyBackup } from '../operations/verify-backup'
import type { OperationsContext } from '../operations-context'
import { LAST_RESTORE_META, parseRestoreNote, type RestoreNote } from '../restore/restore-note'
import { backupView } from './backup-view'
import { backup, restoreNote, retention, schedule } from './response-schemas'

export function backupRoutes(context: OperationsContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/admin/backups',
      name: 'listBackups',
      summary: 'List backups, newest first, with the schedule',
      access: admin(BACKUPS_AREA, 'read'),
      responses: {
        200: z.object({
          backups: z.array(backup),
          schedule,
          free: z.int().nullable().describe('Bytes that are free in the folder of backups.'),
          last_restore: restoreNote.nullable(),
        }),
      },
      handle: async () => {
        const backups = await backupsIn(backupsFolder(context))
        return {
          backups: backups.map(backupView),
          schedule: scheduleView(context),
          free: await spaceFor(context),
          last_restore: lastRestore(context),
        }
      },
    }),
    route({
      method: 'POST',
      path: '/api/admin/backups',
      name: 'createBackup',
      summary: 'Create a backup now',
      access: admin(BACKUPS_AREA, 'write'),
      body: z.strictObject({ to: z.string().min(1).optional(), keep: retention.optional() }),
      responses: { 201: backup.extend({ removed: z.array(z.string()) }) },
      handle: async ({ actor, body: { to, keep } }) => {
        if (to !== undefined && actor.kind !== 'system') {
          throw new AppError(
            'FORBIDDEN',
            'Only the command line on the same machine may choose the destination of a backup.',
          )
        }
        const options = { keep: keep ?? null, ...(to === undefined ? {} : { to }) }
        const { backup, removed } = await backupAndPrune(context, actor, options)
        return { ...backupView(backup), removed }
      },
    }),
    route({
      method: 'PUT',
      path: '/api/admin/backups/schedule',
      name: 'setBackupSchedule',
      summary: 'Set the backup schedule until the next start, which reads koyalite.yaml',
      access: admin(BACKUPS_AREA, 'write'),
      body: z.strictObject({ schedule: z.string().min(1).nullable(), keep: retention.optional() }),
      responses: { 200: schedule },
      handle: ({ body }) => {
        try {
          context.schedule.follow({ schedule: body.schedule, keep: body.keep ?? context.schedule.plan().keep })
        } catch (error) {
          if (!(error instanceof RangeError)) throw error
          const details = [{ field: 'schedule', code: 'cron', message: error.message }]
          throw new AppError('VALIDATION_ERROR', `schedule: ${error.message}`, { details })
        }
        return scheduleView(context)
      },
    }),
    route({
      method: 'POST',
      path: '/api/admin/backups/:name/verify',
      name: 'verifyBackup',
      summary: 'Verify a backup: checksums, and every page of its database',
      access: admin(BACKUPS_AREA, 'read'),
      responses: { 200: backup.extend({ ok: z.boolean(), problems: z.array(z.string()) }) },
      handle: async ({ params }) => {
        const found = await namedBackup(context, params.name)
        const key = context.settings.database.encryption_key ?? undefined
        const { backup, problems } = await verifyBackup(found.path, { key, scratch: join(context.dir, 'data') })
        return { ...backupView(backup), ok: problems.length === 0, problems }
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/admin/backups/:name',
      name: 'deleteBackup',
      summary: 'Delete a backup',
      access: admin(BACKUPS_AREA, 'write'),
      responses: { 204: null },
      async handle({ actor, params }) {
        await deleteBackup(context, actor, params.name)
        return null
      },
    }),
  ]
}

/** In bytes; null where the file system does not say. The folder is made with the first backup. */
async function spaceFor(context: OperationsContext): Promise<number | null> {
  for (const folder of [backupsFolder(context), context.dir]) {
    const found = await statfs(folder).catch(() => null)
    if (found !== null) return found.bavail * found.bsize
  }
  return null
}

/** Null where there was none. */
function lastRestore({ database }: OperationsContext): RestoreNote | null {
  const note = readMeta(database, LAST_RESTORE_META)
  return note === null ? null : parseRestoreNote(note)
}

function scheduleView({ schedule }: OperationsContext) {
  const plan = schedule.plan()
  return { schedule: plan.schedule, keep: plan.keep, next: schedule.next(), last: schedule.last() }
}
