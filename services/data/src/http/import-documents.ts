import { AppError } from '@koyalite/contracts'
import { type ApiRequest, type ApiResponse, type NumberPolicy, parseJson } from '@koyalite/kernel'
import { z } from 'zod'
import type { DataContext } from '../data-context'
import { type Imported, importDocuments, importOperations } from '../operations/import-documents'
import { numbersOfDocuments, numbersOfOperation } from './document-numbers'
import { documentHeaders } from './document-response'
import { callerOf } from './request-caller'
import { collectionName } from './route-parameters'

export const importQuery = z.object({ mode: z.enum(['insert', 'upsert']).optional() })
export const importResponse = z.object({ imported: z.int() })

/** What one request may bring; larger imports are sent in pieces. */
export const IMPORT_BODY_LIMIT = 64 * 1024 * 1024

/** The body is NDJSON, a document a line. */
export async function importCollection(context: DataContext, request: ApiRequest): Promise<ApiResponse> {
  const collection = collectionName(request)
  const mode = request.query.get('mode') ?? 'insert'
  if (mode !== 'insert' && mode !== 'upsert') throw new AppError('INVALID_REQUEST', 'mode must be insert or upsert.')
  const read = () => lines(request, numbersOfDocuments(context, collection))
  return respond(context, await importDocuments(context, callerOf(context, request), { collection, mode, read }))
}

/** The body is NDJSON, an operation a line, as in a batch. */
export async function importBatch(context: DataContext, request: ApiRequest): Promise<ApiResponse> {
  const read = () => lines(request, numbersOfOperation(context))
  return respond(context, await importOperations(context, callerOf(context, request), { read }))
}

function respond(context: DataContext, { imported, seq }: Imported): ApiResponse {
  return { status: 200, body: JSON.stringify({ imported }), headers: documentHeaders(context, seq) }
}

/** The lines of a body that are not empty, each parsed when it is asked for. */
async function lines(request: ApiRequest, numbers: NumberPolicy): Promise<Iterable<unknown>> {
  return parsedLines(await request.bytes(), numbers)
}

const NEWLINE = 10
const SPACE = 32

function* parsedLines(bytes: Uint8Array<ArrayBuffer>, numbers: NumberPolicy): Generator<unknown> {
  let start = 0
  while (start < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline === -1 ? bytes.length : newline
    const line = bytes.subarray(start, end)
    if (line.some((byte) => byte > SPACE)) yield parseJson(line, numbers)
    start = end + 1
  }
}
