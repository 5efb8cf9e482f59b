import { admin, SETTINGS_AREA } from '@koyalite/access'
import { queryFlag, type Route, route } from '@koyalite/kernel'
import { z } from 'zod'
import { BACKUPS_AREA } from '../admin-areas'
import { DUMP_FORMATS } from '../operations/dump-database'
import { resetDatabase } from '../operations/reset-database'
import { runDoctor } from '../operations/run-doctor'
import type { OperationsContext } from '../operations-context'
import { dumpResponse } from './dump-response'
import { finding } from './response-schemas'

/** What reads or replaces the whole database takes the rights for backups. */
export function databaseRoutes(context: OperationsContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/admin/dump',
      name: 'dumpDatabase',
      summary: 'Dump all data as SQL, NDJSON or CSV, from one snapshot',
      access: admin(BACKUPS_AREA, 'write'),
      query: z.object({
        format: z.enum(DUMP_FORMATS).default('sql'),
        collection: z.array(z.string()).default([]).describe('The collections to dump; all, where absent.'),
        filter: z.array(z.string()).default([]).describe('Which documents of one collection, as in a list.'),
        where: z.string().min(1).optional(),
        params: z.string().min(1).optional().describe('The values of `$1`, `$2` … in `where`, as JSON.'),
        frames: queryFlag.default(false).describe('Lines `{"collection","text"}` instead of the text itself.'),
      }),
      responses: { 200: { mediaType: 'application/octet-stream' } },
      handle: ({ query, request }) => dumpResponse(context, request, query),
    }),
    route({
      method: 'POST',
      path: '/api/admin/reset',
      name: 'resetDatabase',
      summary: 'Delete all documents and users; refused in production and under koyalite start',
      access: admin(BACKUPS_AREA, 'write'),
      responses: { 200: z.object({ documents: z.int(), backup: z.string().nullable(), epoch: z.string() }) },
      handle: async ({ actor }) => {
        const { documents, backup, epoch } = await resetDatabase(context, actor)
        return { documents, backup: backup === null ? null : backup.path, epoch }
      },
    }),
    route({
      method: 'GET',
      path: '/api/admin/doctor',
      name: 'runDoctor',
      summary: 'Check the project for problems',
      access: admin(SETTINGS_AREA, 'read'),
      responses: { 200: z.object({ findings: z.array(finding) }) },
      handle: async () => ({ findings: await runDoctor(context) }),
    }),
  ]
}
