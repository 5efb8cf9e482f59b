import { admin, allowsAdmin, SQL_AREA } from '@koyalite/access'
import { AppError } from '@koyalite/contracts'
import { type Route, route } from '@koyalite/kernel'
import { z } from 'zod'
import type { SqlResult } from '../operations/fetched-in-time'
import { runSql, SQL_MODES } from '../operations/run-sql'
import { isSame } from '../operations/running-statements'
import type { SqlContext } from '../sql-context'

const MAX_SQL = 256 * 1024
const DEFAULT_LIMIT = 1000

const sqlInput = z.strictObject({
  sql: z.string().min(1).max(MAX_SQL).describe('One statement, or several with semicolons between them.'),
  mode: z
    .enum(SQL_MODES)
    .default('read')
    .describe(
      'read: what writes is refused. plan: how each statement would run. dry_run: what a write would change; nothing is. write: all statements in one transaction.',
    ),
  limit: z.int().min(1).default(DEFAULT_LIMIT).describe('The most rows of each statement; sql.max_rows bounds it.'),
  internal: z.boolean().default(false).describe('Shows internal fields: takes sql_internal:read.'),
  run: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .optional()
    .describe('A name under which the run can be stopped.'),
})

/** SQL for operators; what they see and change is recorded. */
export function sqlRoutes(context: () => SqlContext): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/admin/sql',
      name: 'runSql',
      summary: 'Run SQL: lines of JSON with columns, rows and what changes',
      access: admin(SQL_AREA, 'read'),
      body: sqlInput,
      responses: { 200: { mediaType: 'application/x-ndjson' } },
      async handle({ actor, body, request }) {
        const { id: requestId, ip, time: now, signal } = request
        if (body.mode === 'write') context().auth.requireUnlocked(actor, request)
        const result = await runSql(context(), actor, {
          ...body,
          run: body.run ?? requestId,
          requestId,
          ip,
          now,
          signal,
        })
        return new Response(streamOf(result), { headers: { 'content-type': 'application/x-ndjson' } })
      },
    }),
    route({
      method: 'GET',
      path: '/api/admin/sql',
      name: 'listSql',
      summary: 'List the SQL that runs now',
      access: admin(SQL_AREA, 'read'),
      responses: {
        200: z.object({
          running: z.array(
            z.object({
              run: z.string(),
              sql: z.string().nullable().describe('Null where it is of somebody else, for who may not write by SQL.'),
              mode: z.enum(SQL_MODES),
              by: z.string().nullable(),
              since: z.iso.datetime(),
            }),
          ),
        }),
      },
      handle: ({ actor }) => ({
        running: context()
          .running.list()
          .map(({ run, sql, mode, actor: by, since }) => ({
            ...{ run, mode: mode as (typeof SQL_MODES)[number] },
            // Values that somebody looks for by internal fields are in it.
            sql: isSame(actor, by) || allowsAdmin(actor, SQL_AREA, 'write') ? sql : null,
            by: by.kind === 'operator' ? by.email : null,
            since: new Date(since).toISOString(),
          })),
      }),
    }),
    route({
      method: 'DELETE',
      path: '/api/admin/sql/:run',
      name: 'stopSql',
      summary: 'Stop SQL that runs',
      access: admin(SQL_AREA, 'read'),
      responses: { 204: null },
      handle({ actor, params }) {
        const found = context().running.find(params.run)
        if (found === undefined) throw new AppError('NOT_FOUND', `No statement runs under the name '${params.run}'.`)
        if (!isSame(actor, found.actor) && !allowsAdmin(actor, SQL_AREA, 'write'))
          throw new AppError('FORBIDDEN', 'Statements of others are stopped by owners and admins.')
        found.stop()
        return null
      },
    }),
  ]
}

function streamOf(result: SqlResult): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const text = await result.next()
      if (text === null) controller.close()
      else controller.enqueue(encoder.encode(text))
    },
    cancel: () => result.stop(),
  })
}
