import { AppError } from '@koyalite/contracts'
import { type ApiRequest, type ApiResponse, parseJson } from '@koyalite/kernel'
import { z } from 'zod'
import { auditedSteps } from '../audit/audited-write'
import { answerHeaders } from '../commit-answer'
import { type Caller, type DataContext, modelNamed } from '../data-context'
import { documentObject } from '../document-input'
import { numbersOfDocuments, numbersOfOperation } from '../document-numbers'
import { newDocument } from './create-document'
import { inOrder, numbered, type Prepared, parseOperation, prepareOperation } from './run-batch'
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
  const operations = await eachLine(request, (line) =>
    prepare(context, caller, collection.name, mode, parseJson(line, numbers)),
  )
  return importTogether(context, caller, collection.name, operations)
}

/**
 * Runs the operations of an NDJSON body, written as in a batch, all or none; an error names the index of the operation. As many as the body holds: it is for those
 * to whom rules do not apply.
 */
export async function importOperations(
  context: DataContext,
  caller: Caller,
  request: ApiRequest,
): Promise<ApiResponse> {
  const collections = [...context.models.values()].map((model) => model.collection)
  const [any] = collections
  if (any && !collections.some((one) => caller.access.bypasses(one, 'create')))
    throw caller.access.refusal(any, 'create')
  const numbers = numbersOfOperation(context)
  const operations = await eachLine(request, (line) => {
    const operation = parseOperation(parseJson(line, numbers))
    const { collection } = modelNamed(context, operation.collection)
    const right = operation.op === 'upsert' ? 'create' : operation.op
    if (!caller.access.bypasses(collection, right)) throw caller.access.refusal(collection, right)
    return prepareOperation(context, caller, operation)
  })
  return importTogether(context, caller, null, operations)
}

async function eachLine(
  request: ApiRequest,
  operationOf: (line: Uint8Array<ArrayBuffer>) => Prepared,
): Promise<readonly Prepared[]> {
  return ndjson(await request.bytes()).map((line, index) => numbered(index, () => operationOf(line)))
}

/** @param collection of all documents; null where they are of several */
async function importTogether(
  context: DataContext,
  caller: Caller,
  collection: string | null,
  operations: readonly Prepared[],
): Promise<ApiResponse> {
  const step = inOrder(operations)
  const { seq } = await context.database.writeInSteps(auditedSteps(context, caller, collection, step.run))
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
