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
import { singleWrite } from '../operations/write-outcome'
import { numbersOfBatch, numbersOfDocuments } from './document-numbers'
import { minimalResponse, writeHeaders, writeResponse } from './document-response'
import { ifMatch, ifMatchAndNoneMatch } from './etag'
import {
  answerOverridden,
  type OverridableKind,
  type OverridableWrite,
  overridable,
  overrideOf,
  requireNoOverride,
  upsertOf,
} from './overridden-write'
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
    ...{ operation: 'create', collection, id: null, data: body },
    step: (now, caller, data) => createDocument(now, caller, { collection, data }),
  })
}

export async function patch(context: DataContext, request: ApiRequest): Promise<ApiResponse> {
  const name = documentName(request)
  const data = await request.json(numbersOfDocuments(context, name.collection))
  const precondition = ifMatch(request.headers)
  return writeOne(context, request, {
    ...{ operation: 'update', ...name, data },
    step: (now, caller, changed) => updateDocument(now, caller, { ...name, data: changed, precondition }),
  })
}

export async function put(context: DataContext, request: ApiRequest): Promise<ApiResponse> {
  const name = documentName(request)
  const data = await request.json(numbersOfDocuments(context, name.collection))
  const precondition = ifMatchAndNoneMatch(request.headers)
  const caller = callerOf(context, request)
  requireNoOverride(context, caller, upsertOf(name.collection))
  return writeAs(context, request, caller, {
    ...{ ...name, data },
    step: (now, asked) => replaceDocument(now, asked, { ...name, data, precondition }),
  })
}

export function remove(context: DataContext, request: ApiRequest): Promise<ApiResponse> {
  const name = documentName(request)
  const precondition = ifMatch(request.headers)
  return writeOne(context, request, {
    ...{ operation: 'delete', ...name, data: null },
    step: (now, caller) => deleteDocument(now, caller, { ...name, precondition }),
  })
}

export async function batch(context: DataContext, request: ApiRequest, charge: ChargeOperations): Promise<ApiResponse> {
  const body = await request.json(numbersOfBatch(context))
  const { documents, headers } = await writeMany(context, request, {
    ...{ body, collection: null, charge, writes: operationsOf(body).flatMap(overridable) },
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
    ...{ body, collection, charge, writes: [{ collection, operation: 'create' }] },
    step: (caller) => createDocuments(context, caller, { collection, documents: body }),
  })
  return { status: 201, body: await listBody('{"docs":[', documents as readonly string[], ']}'), headers }
}

/** A write of one document: code of the project makes it where that has an override for it. */
async function writeOne(context: DataContext, request: ApiRequest, write: OverridableWrite): Promise<ApiResponse> {
  const caller = callerOf(context, request)
  const override = overrideOf(context, caller, write)
  return override === null
    ? writeAs(context, request, caller, write)
    : answerOverridden(context, request, { caller, write, override })
}

async function writeAs(
  context: DataContext,
  request: ApiRequest,
  caller: Caller,
  { collection, data, step }: Omit<OverridableWrite, 'operation'>,
): Promise<ApiResponse> {
  const result = await writeDocuments(context, caller, {
    collection,
    idempotency: idempotencyOf(request, data),
    prepare: () => singleWrite(step(context, caller, data)),
  })
  return prefersMinimal(request.headers)
    ? minimalResponse(context, result, { caller, collection })
    : writeResponse(context, result)
}

interface ManyWrites {
  readonly body: unknown
  readonly collection: string | null
  readonly charge: ChargeOperations
  /** What they may be: what code of the project makes cannot be among others. */
  readonly writes: readonly OverridableKind[]
  readonly step: (caller: Caller) => BatchStep
}

async function writeMany(
  context: DataContext,
  request: ApiRequest,
  { body, collection, charge, writes, step }: ManyWrites,
): Promise<{ readonly documents: readonly (string | null)[]; readonly headers: Record<string, string> }> {
  const caller = callerOf(context, request)
  requireNoOverride(context, caller, writes)
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

/** What a batch says of itself before it is parsed: anything may be in it. */
function operationsOf(body: unknown): readonly unknown[] {
  const operations = typeof body === 'object' && body !== null && 'operations' in body ? body.operations : []
  return Array.isArray(operations) ? operations : []
}
