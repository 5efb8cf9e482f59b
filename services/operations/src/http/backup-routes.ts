import { basename, join, resolve } from 'node:path'
import { admin } from '@koyalite/access'
import { AppError } from '@koyalite/contracts'
import { type Route, route } from '@koyalite/kernel'
import { z } from 'zod'
import { BACKUPS_AREA } from '../admin-areas'
import { backupsIn, type FoundBackup, removeBackup } from '../backup-place'
import { backupAndPrune } from '../operations/backup-and-prune'
import { verifyBackup } from '../operations/verify-backup'
import type { OperationsContext } from '../operations-context'
import { backup, retention, schedule } from './response-schemas'

export function backupRoutes(context: OperationsContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/admin/backups',
      name: 'listBackups',
      summary: 'List backups, newest first, with the schedule',
      access: admin(BACKUPS_AREA, 'read'),
      responses: { 200: z.object({ backups: z.array(backup), schedule }) },
      handle: async () => {
        const backups = await backupsIn(folderOf(context))
        return { backups: backups.map(view), schedule: scheduleView(context) }
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
        return { ...view(backup), removed }
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
        const found = await backupNamed(context, params.name)
        const key = context.settings.database.encryption_key ?? undefined
        const { backup, problems } = await verifyBackup(found.path, { key, scratch: join(context.dir, 'data') })
        return { ...view(backup), ok: problems.length === 0, problems }
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/admin/backups/:name',
      name: 'deleteBackup',
      summary: 'Delete a backup',
      access: admin(BACKUPS_AREA, 'write'),
      responses: { 204: null },
      handle: async ({ params }) => removeBackup(await backupNamed(context, params.name)),
    }),
  ]
}

function folderOf({ dir, settings }: OperationsContext): string {
  return resolve(dir, settings.backups.dir)
}

async function backupNamed(context: OperationsContext, name: string): Promise<FoundBackup> {
  const backups = await backupsIn(folderOf(context))
  const found = backups.find(({ path }) => basename(path) === name)
  if (found === undefined) throw new AppError('NOT_FOUND', `There is no backup '${name}'.`)
  return found
}

function view({ path, form, manifest }: FoundBackup) {
  return {
    name: basename(path),
    path,
    form,
    created_at: manifest?.created_at ?? null,
    epoch: manifest?.epoch ?? null,
    seq: manifest?.seq ?? null,
    encrypted: manifest?.encrypted ?? null,
    version: manifest?.version ?? null,
    files: manifest?.files.length ?? 1,
    bytes: manifest?.files.reduce((sum, { bytes }) => sum + bytes, 0) ?? null,
  }
}

function scheduleView({ schedule }: OperationsContext) {
  const plan = schedule.plan()
  return { schedule: plan.schedule, keep: plan.keep, next: schedule.next(), last: schedule.last() }
}
