import type { ApiRequest } from '@koyalite/kernel'
import type { AuditedSteps } from '../../audit/audited-write'
import type { DataContext } from '../../data-context'
import { withReady } from '../../hooks/ready'
import { numbersOfDocuments } from '../../http/document-numbers'
import { ifMatch, ifMatchAndNoneMatch } from '../../http/etag'
import { collectionName, documentName } from '../../http/route-parameters'
import type { ChargeOperations } from '../../http/write-documents'
import { createDocument } from '../../operations/create-document'
import { deleteDocument } from '../../operations/delete-document'
import { replaceDocument } from '../../operations/replace-document'
import { createDocuments } from '../../operations/run-batch'
import { updateDocument } from '../../operations/update-document'
import type { WriteOutcome, WriteStep } from '../../operations/write-outcome'
import type { TransactionWrite } from '../transaction'

/** `isMany`: its caller sends an array, and gets one. */
export type AskedWrite = TransactionWrite & { readonly isMany: boolean }

type One = Pick<TransactionWrite, 'name' | 'collection'> &
  Partial<TransactionWrite> & {
    readonly step: (...asked: Parameters<TransactionWrite['prepare']>) => WriteStep
  }

/** `POST …/:collection`: a document, or several as an array. */
export async function createWrite(
  context: DataContext,
  request: ApiRequest,
  charge: ChargeOperations,
): Promise<AskedWrite> {
  const collection = collectionName(request)
  const name = `${collection}.create`
  const body = await request.json(numbersOfDocuments(context, collection))
  if (!Array.isArray(body)) {
    const step: One['step'] = (now, caller) => createDocument(now, caller, { collection, data: body })
    return one({ name, collection, creates: [body], step })
  }
  const documents: readonly unknown[] = body
  charge(request, documents.length - 1)
  return {
    ...{ name, collection, id: null, deletes: false, creates: documents, isMany: true },
    prepare(now, caller) {
      const { run, ready } = createDocuments(now, caller, { collection, documents })
      const steps: AuditedSteps<readonly WriteOutcome[]> = function* (tx) {
        const texts = yield* run(tx)
        return texts.map((document): WriteOutcome => ({ kind: 'created', document: document as string }))
      }
      return withReady(steps, ready)
    },
  }
}

export async function patchWrite(context: DataContext, request: ApiRequest): Promise<AskedWrite> {
  const named = documentName(request)
  const data = await request.json(numbersOfDocuments(context, named.collection))
  const precondition = ifMatch(request.headers)
  return one({
    ...{ name: `${named.collection}.update`, ...named },
    step: (now, caller) => updateDocument(now, caller, { ...named, data, precondition }),
  })
}

export async function putWrite(context: DataContext, request: ApiRequest): Promise<AskedWrite> {
  const named = documentName(request)
  const data = await request.json(numbersOfDocuments(context, named.collection))
  const precondition = ifMatchAndNoneMatch(request.headers)
  return one({
    ...{ name: `${named.collection}.upsert`, ...named },
    step: (now, caller) => replaceDocument(now, caller, { ...named, data, precondition }),
  })
}

export function deleteWrite(request: ApiRequest): AskedWrite {
  const named = documentName(request)
  const precondition = ifMatch(request.headers)
  return one({
    ...{ name: `${named.collection}.delete`, ...named, deletes: true },
    step: (now, caller) => deleteDocument(now, caller, { ...named, precondition }),
  })
}

function one({ step, ...write }: One): AskedWrite {
  return {
    ...{ id: null, deletes: false, creates: [], isMany: false, ...write },
    prepare(context, caller) {
      const run = step(context, caller)
      // biome-ignore lint/correctness/useYield: it is done at once
      const steps: AuditedSteps<readonly WriteOutcome[]> = function* (tx) {
        return [run(tx)]
      }
      return withReady(steps, run.ready)
    },
  }
}
