import { AppError } from '@koyalite/contracts'
import { type ApiRequest, type ApiResponse, parseJson } from '@koyalite/kernel'
import { z } from 'zod'
import { auditedSteps } from '../audit/audited-write'
import { answerHeaders } from '../commit-answer'
import { type Caller, type DataContext, modelNamed } from '../data-context'
import { documentObject } from '../document-input'
import { numbersOfDocuments } from '../document-numbers'
import { newDocument } from './create-document'
import { inOrder, numbered, type Prepared } from './run-batch'
import { upsertDocument } from './upsert-document'

export const importQuery = z.object({ mode: z.enum(['insert', 'upsert']).optional() })
export const importAnswer = z.object({ imported: z.int() })

/** What one call may bring; whoever imports more sends it in pieces. */
export const IMPORT_BODY_LIMIT = 64 * 1024 * 1024

/**
 * Stores the documents of an NDJSON body, all or none; an error names the index of the document. With `mode=upsert` a document
 * whose key is there already replaces it. For those to whom rules do not apply.
 */
export async function importDocuments(context: DataContext, caller: Caller, request: ApiRequest): Promise<ApiResponse> {
  const { collection } = modelNamed(context, request.params.collection ?? '')
  if (!caller.access.bypasses(collection, 'create')) throw caller.access.refusal(collection, 'create')
  const mode = request.query.get('mode') ?? 'insert'
  if (mode !== 'insert' && mode !== 'upsert') throw new AppError('INVALID_REQUEST', 'mode is insert or upsert.')
  const numbers = numbersOfDocuments(context, collection.name)
  const step = inOrder(
    ndjson(await request.bytes()).map((line, index) =>
      numbered(index, () => prepare(context, caller, collection.name, mode, parseJson(line, numbers))),
    ),
  )
  const { seq } = await context.database.writeInSteps(auditedSteps(context, caller, collection.name, step.run))
  return { status: 200, body: JSON.stringify({ imported: step.operations }), headers: answerHeaders(context, seq) }
}

function prepare(
  context: DataContext,
  caller: Caller,
  name: string,
  mode: 'insert' | 'upsert',
  document: unknown,
): Prepared {
  const data = documentObject(document)
  return mode === 'insert' ? newDocument(context, caller, name, data) : upsertDocument(context, caller, name, data)
}

const NEWLINE = 10

/** The lines that are not empty. */
function ndjson(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const lines: Uint8Array<ArrayBuffer>[] = []
  let start = 0
  while (start < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline === -1 ? bytes.length : newline
    const line = bytes.subarray(start, end)
    if (line.some((byte) => byte > 32)) lines.push(line)
    start = end + 1
  }
  return lines
}
