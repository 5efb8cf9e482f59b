import { byRules } from '@koyalite/access'
import {
  type ApiRequest,
  idempotencyOf,
  type NumberPolicy,
  parseJson,
  queryFlag,
  type Route,
  reply,
  route,
} from '@koyalite/kernel'
import { z } from 'zod'
import type { Caller } from '../caller'
import type { DataContext } from '../data-context'
import { type ImportInput, importDocuments, importOperations } from '../operations/import-documents'
import { numbersOfDocuments, numbersOfOperation } from './document-numbers'
import { documentHeaders } from './document-response'
import { callerOf } from './request-caller'

const imported = z.object({ imported: z.int() })

const events = queryFlag
  .default(true)
  .describe(
    '`false`: nothing that is imported counts as an event for webhooks and functions. Live queries follow it all the same.',
  )

/** What one request may bring; larger imports are sent in pieces. */
export const IMPORT_BODY_LIMIT = 64 * 1024 * 1024

/** NDJSON in one transaction, for callers who bypass the rules of the collections. */
export function importRoutes(context: DataContext): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/admin/import/:collection',
      name: 'importDocuments',
      summary: 'Import the documents of an NDJSON body in one transaction',
      access: byRules,
      query: z.object({ mode: z.enum(['insert', 'upsert']).optional(), events }),
      body: { mediaType: 'application/x-ndjson' },
      responses: { 200: imported },
      bodyLimit: IMPORT_BODY_LIMIT,
      async handle({ params: { collection }, query: { mode = 'insert', events }, request }) {
        const read = () => readImport(request, numbersOfDocuments(context, collection), mode)
        const input = { collection, mode, read }
        const { seq, ...done } = await importDocuments(context, importerOf(context, request, events), input)
        return reply(200, done, { headers: documentHeaders(context, seq) })
      },
    }),
    route({
      method: 'POST',
      path: '/api/admin/import',
      name: 'importOperations',
      summary: 'Run the operations of an NDJSON body, in batch format, in one transaction',
      access: byRules,
      query: z.object({ events }),
      body: { mediaType: 'application/x-ndjson' },
      responses: { 200: imported },
      bodyLimit: IMPORT_BODY_LIMIT,
      async handle({ query: { events }, request }) {
        const read = () => readImport(request, numbersOfOperation(context))
        const { seq, ...done } = await importOperations(context, importerOf(context, request, events), { read })
        return reply(200, done, { headers: documentHeaders(context, seq) })
      },
    }),
  ]
}

function importerOf(context: DataContext, request: ApiRequest, hasEvents: boolean): Caller {
  const caller = callerOf(context, request)
  return hasEvents ? caller : { ...caller, note: { silent: true } }
}

/** @param mode what else the import depends on: a repeated one has the same */
async function readImport(request: ApiRequest, numbers: NumberPolicy, mode = ''): Promise<ImportInput> {
  const bytes = await request.bytes()
  return {
    values: { [Symbol.iterator]: () => parsedLines(bytes, numbers) },
    idempotency: idempotencyOf(request, [mode, Bun.hash(bytes).toString(36)]),
  }
}

const NEWLINE = 10
const SPACE = 32

/** The lines of a body that are not empty, each parsed when it is asked for. */
function* parsedLines(bytes: Uint8Array<ArrayBuffer>, numbers: NumberPolicy): Generator<unknown> {
  for (const line of linesOf(bytes)) yield parseJson(line, numbers)
}

/** The lines of a body that are not empty. */
export function* linesOf(bytes: Uint8Array<ArrayBuffer>): Generator<Uint8Array<ArrayBuffer>> {
  let start = 0
  while (start < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline === -1 ? bytes.length : newline
    const line = bytes.subarray(start, end)
    if (line.some((byte) => byte > SPACE)) yield line
    start = end + 1
  }
}
