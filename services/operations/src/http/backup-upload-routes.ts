import { admin } from '@koyalite/access'
import { auditedActor } from '@koyalite/contracts'
import { type Route, reply, route } from '@koyalite/kernel'
import { z } from 'zod'
import { BACKUPS_AREA } from '../admin-areas'
import type { OperationsContext } from '../operations-context'
import { appendPiece, beginUpload, cancelUpload, findUpload, finishUpload } from '../restore/backup-uploads'
import { backupView } from './backup-view'
import { backup } from './response-schemas'

/** Of one piece, in bytes. */
const PIECE_LIMIT = 16 * 1024 * 1024

const upload = z.object({ id: z.string(), name: z.string(), bytes: z.int(), received: z.int() })

/** A backup file of any size, in pieces: what has arrived survives a lost connection, a proxy's limit, and a restart. */
export function backupUploadRoutes(context: OperationsContext): readonly Route[] {
  const access = admin(BACKUPS_AREA, 'write')
  return [
    route({
      method: 'POST',
      path: '/api/admin/backups/uploads',
      name: 'beginBackupUpload',
      summary: 'Begin to upload a backup: a .tar file as it is downloaded',
      access,
      body: z.strictObject({
        name: z.string().regex(/^[A-Za-z0-9][\w.-]{0,95}\.tar$/, { error: 'expected a file name like backup.tar' }),
        bytes: z.int().min(1).describe('Size of the whole file.'),
      }),
      responses: { 201: upload },
      handle: ({ body }) => beginUpload(context, body),
    }),
    route({
      method: 'GET',
      path: '/api/admin/backups/uploads/:id',
      name: 'getBackupUpload',
      summary: 'How much of an upload has arrived',
      access,
      responses: { 200: upload },
      handle: ({ params }) => findUpload(context, params.id),
    }),
    route({
      method: 'PUT',
      path: '/api/admin/backups/uploads/:id',
      name: 'sendBackupPiece',
      summary: 'Send the next piece of an upload',
      access,
      query: z.object({ offset: z.coerce.number().int().min(0).describe('Where the piece begins: `received`.') }),
      body: { mediaType: 'application/octet-stream' },
      bodyLimit: PIECE_LIMIT,
      responses: { 200: upload },
      async handle({ params, query: { offset }, request }) {
        // Before its bytes are read.
        await findUpload(context, params.id)
        return appendPiece(context, params.id, { offset, bytes: await request.bytes() })
      },
    }),
    route({
      method: 'POST',
      path: '/api/admin/backups/uploads/:id/finish',
      name: 'finishBackupUpload',
      summary: 'Verify an uploaded backup, and list it with the others',
      access,
      responses: { 201: backup },
      async handle({ actor, params }) {
        const made = await finishUpload(context, params.id)
        await context.database.write((tx) => {
          context.audit.record(tx, {
            event: 'backup.uploaded',
            outcome: 'success',
            ...auditedActor(actor),
            target: { kind: 'backup', id: null, name: made.path },
          })
        })
        return reply(201, backupView(made))
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/admin/backups/uploads/:id',
      name: 'cancelBackupUpload',
      summary: 'Cancel an upload',
      access,
      responses: { 204: null },
      handle: ({ params }) => cancelUpload(context, params.id),
    }),
  ]
}
