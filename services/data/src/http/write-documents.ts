import { type ApiRequest, type ApiResponse, idempotencyOf, listBody } from '@koyalite/kernel'
import type { Caller } from '../caller'
import type { DataContext } from '../data-context'
import { createDocument } from '../operations/create-document'
import { deleteDocument } from '../operations/delete-document'
import { replaceDocument } from '../operations/replace-document'
import { type BatchStep, createDocuments, runBatch } from '../operations/run-batch'
import { updateDocument } from '../operations/update-document'
import { writeBatch } from '../operations/write-batch'
import { writeDocuments } from '../operations/write-documents'
import { singleWrite, type WriteStep } from '../operations/write-outcome'
import { numbersOfBatch, numbersOfDocuments } from './document-numbers'
import { minimalResponse, writeHeaders, writeResponse } from './document-response'
import { ifMatch, ifMatchAndNoneMatch } from './etag'
import { prefersMinimal } from './prefer'
import { callerOf } from './request-caller'
import { collectionName, documentName } from './route-parameters'

/** Counts the operations of a request beyond the first against the caller's limit. Throws RATE_LIMITED. */
export type ChargeOperations = (request: ApiRequest, operations: number) => void

export async function create(
  context: DataContext,
  request: ApiRequest,
  charge: ChargeOperations,
): Promise<ApiResponse> {
  const collection = collectionName(request)
  const body = await request.json(numbersOfDocuments(context, collection))
  if (Array.isArray(body)) return createMany(context, request, { collection, documents: body, charge })
  return writeOne(context, request, {
    body,
    step: (caller) => createDocument(context, caller, { collection, data: body }),
  })
}

export async function patch(context: DataContext, request: ApiRequest): Promise<ApiResponse> {
  const name = documentName(request)
  const data = await request.json(numbersOfDocuments(context, name.collection))
  const precondition = ifMatch(request.headers)
  return writeOne(context, request, {
    body: data,
    step: (caller) => updateDocument(context, caller, { ...name, data, precondition }),
  })
}

export async function put(context: DataContext, request: ApiRequest): Promise<ApiResponse> {
  const name = documentName(request)
  const data = await request.json(numbersOfDocuments(context, name.collection))
  const precondition = ifMatchAndNoneMatch(request.headers)
  return writeOne(context, request, {
    body: data,
    step: (caller) => replaceDocument(context, caller, { ...name, data, precondition }),
  })
}

export function remove(context: DataContext, request: ApiRequest): Promise<ApiResponse> {
  const name = documentName(request)
  const precondition = ifMatch(request.headers)
  return writeOne(context, request, {
    body: null,
    step: (caller) => deleteDocument(context, caller, { ...name, precondition }),
  })
}

export async function batch(context: DataContext, request: ApiRequest, charge: ChargeOperations): Promise<ApiResponse> {
  const body = await request.json(numbersOfBatch(context))
  const { documents, headers } = await writeMany(context, request, {
    body,
    collection: null,
    charge,
    step: (caller) => runBatch(context, caller, body),
  })
  const results = documents.map((text) => text ?? 'null')
  return { status: 200, body: await listBody('{"results":[', results, ']}'), headers }
}

async function createMany(
  context: DataContext,
  request: ApiRequest,
  {
    collection,
    documents: body,
    charge,
  }: { readonly collection: string; readonly documents: readonly unknown[]; readonly charge: ChargeOperations },
): Promise<ApiResponse> {
  const { documents, headers } = await writeMany(context, request, {
    body,
    collection,
    charge,
    step: (caller) => createDocuments(context, caller, { collection, documents: body }),
  })
  return { status: 201, body: await listBody('{"docs":[', documents as readonly string[], ']}'), headers }
}

interface OneWrite {
  readonly body: unknown
  readonly step: (caller: Caller) => WriteStep
}

async function writeOne(context: DataContext, request: ApiRequest, { body, step }: OneWrite): Promise<ApiResponse> {
  const caller = callerOf(context, request)
  const collection = collectionName(request)
  const result = await writeDocuments(context, caller, {
    collection,
    idempotency: idempotencyOf(request, body),
    prepare: () => singleWrite(step(caller)),
  })
  return prefersMinimal(request.headers)
    ? minimalResponse(context, result, { caller, collection })
    : writeResponse(context, result)
}

interface ManyWrites {
  readonly body: unknown
  readonly collection: string | null
  readonly charge: ChargeOperations
  readonly step: (caller: Caller) => BatchStep
}

async function writeMany(
  context: DataContext,
  request: ApiRequest,
  { body, collection, charge, step }: ManyWrites,
): Promise<{ readonly documents: readonly (string | null)[]; readonly headers: Record<string, string> }> {
  const caller = callerOf(context, request)
  const { value, ...written } = await writeBatch(context, caller, {
    collection,
    idempotency: idempotencyOf(request, body),
    prepare: () => {
      const prepared = step(caller)
      charge(request, prepared.operations - 1)
      return prepared
    },
    result: (documents) => documents,
  })
  return { documents: value, headers: writeHeaders(context, written) }
}
