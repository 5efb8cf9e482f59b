import { byRules, OPERATORS_DATA } from '@koyalite/access'
import { parseJson, queryFlag, type Route, reply, route } from '@koyalite/kernel'
import { z } from 'zod'
import type { DataContext } from '../data-context'
import { importRows } from '../operations/import-rows'
import { changeCounts, countsView } from './change-routes'
import { numbersOfDocuments } from './document-numbers'
import { writeHeaders } from './document-response'
import { IMPORT_BODY_LIMIT, linesOf } from './import-documents'
import { callerOf } from './request-caller'

const importedRows = z.object({
  read: z.int(),
  inserted: z.int(),
  updated: z.int(),
  unchanged: z.int().describe('Rows that equal their documents.'),
  refused: z.int(),
  rows: z
    .array(
      z.object({
        row: z.int().describe('Its number among those that were sent, from 0 on.'),
        errors: z.array(z.object({ field: z.string(), code: z.string(), message: z.string() })),
      }),
    )
    .describe('The first 10,000 of those that were refused, and why.'),
  changes: changeCounts,
  action: z.string().nullable().describe('By it the import can be undone; null of a dry run, and of service keys.'),
})

/** Import with a word about every row: what the studio does with a file. */
export function importRowsRoute(context: DataContext): Route {
  return route({
    method: 'POST',
    path: `${OPERATORS_DATA}import/:collection`,
    name: 'importRows',
    summary: 'Import the rows of an NDJSON body as one action, and say of each row that is refused why',
    access: byRules,
    query: z.strictObject({
      mode: z.enum(['insert', 'upsert']).default('insert').describe('`upsert` replaces documents with the same key.'),
      skip_refused: queryFlag.default(false).describe('Stores the rows that can be stored; otherwise all or none.'),
      dry_run: queryFlag.default(false).describe('Says what would happen, and does nothing.'),
    }),
    body: { mediaType: 'application/x-ndjson' },
    responses: { 200: importedRows },
    bodyLimit: IMPORT_BODY_LIMIT,
    async handle({ params: { collection }, query: { mode, skip_refused, dry_run }, request }) {
      const { counts, seq, ...done } = await importRows(context, callerOf(context, request), {
        ...{ collection, mode, skipRefused: skip_refused, isDryRun: dry_run },
        signal: request.signal,
        async read() {
          const bytes = await request.bytes()
          const numbers = numbersOfDocuments(context, collection)
          // One after the other: of short lines there may be millions.
          return {
            *[Symbol.iterator]() {
              for (const line of linesOf(bytes)) yield () => parseJson(line, numbers)
            },
          }
        },
      })
      const written = { seq, ...(done.action !== null && { action: done.action }) }
      const rows = done.rows.map(({ row, errors }) => ({ row, errors: [...errors] }))
      return reply(200, { ...done, rows, changes: countsView(counts) }, { headers: writeHeaders(context, written) })
    },
  })
}
