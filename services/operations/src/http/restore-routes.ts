import { admin } from '@koyalite/access'
import { AppError, auditedActor } from '@koyalite/contracts'
import { type Route, reply, route } from '@koyalite/kernel'
import { z } from 'zod'
import { BACKUPS_AREA } from '../admin-areas'
import { namedBackup } from '../operations/named-backup'
import type { OperationsContext } from '../operations-context'
import { backupArchive } from '../restore/backup-archive'
import { restoreEffect } from '../restore/restore-effect'
import { restoreServed } from '../restore/restore-served'
import { backupView } from './backup-view'
import { backup } from './response-schemas'

const count = z.int()

const effect = z.object({
  created_at: z.string().nullable(),
  collections: z
    .array(
      z.object({
        collection: z.string(),
        returned: count.describe('Documents deleted since: they come back.'),
        lost: count.describe('Documents created since: they will be gone.'),
        undone: count.describe('Documents changed since: they will be as they were.'),
      }),
    )
    .nullable()
    .describe('Null where the change log does not have all that happened since.'),
  unknown: z.string().nullable().describe('Why it does not.'),
  schema_differs: z.boolean(),
})

/** Taking a backup with one, and going back to it. */
export function restoreRoutes(context: OperationsContext): readonly Route[] {
  const access = admin(BACKUPS_AREA, 'write')
  return [
    route({
      method: 'GET',
      path: '/api/admin/backups/:name/download',
      name: 'downloadBackup',
      summary: 'Download a backup as a .tar file. It holds the keys of the server too: keep it safe',
      access,
      responses: { 200: { mediaType: 'application/x-tar' } },
      async handle({ actor, params }) {
        const found = await namedBackup(context, params.name)
        await context.database.write((tx) => {
          context.audit.record(tx, {
            event: 'backup.downloaded',
            outcome: 'success',
            ...auditedActor(actor),
            target: { kind: 'backup', id: null, name: found.path },
          })
        })
        return backupArchive(found)
      },
    }),
    route({
      method: 'GET',
      path: '/api/admin/backups/:name/restore',
      name: 'previewRestore',
      summary: 'What restoring a backup would mean',
      access,
      responses: { 200: effect },
      handle: async ({ params }) => restoreEffect(context, await namedBackup(context, params.name)),
    }),
    route({
      method: 'POST',
      path: '/api/admin/backups/:name/restore',
      name: 'restoreBackup',
      summary: 'Replace all data by a backup: what is there now is backed up first, then the server starts again',
      access,
      body: z.strictObject({ confirm: z.string().describe('The name of the project.') }),
      responses: { 202: z.object({ before: backup.describe('How everything was: restoring it undoes this.') }) },
      async handle({ actor, params, body }) {
        const { name } = context.settings
        if (body.confirm !== name) {
          const message = `confirm must be the name of the project: ${name}`
          throw new AppError('VALIDATION_ERROR', message, { details: [{ field: 'confirm', code: 'confirm', message }] })
        }
        const before = await restoreServed(context, actor, await namedBackup(context, params.name))
        return reply(202, { before: backupView(before) })
      },
    }),
  ]
}
