import type { CodeDocuments, CodeRequest } from '@koyalite/contracts'
import { auditedWrite } from '../audit/audited-write'
import { type Caller, createCaller } from '../caller'
import type { DataContext } from '../data-context'
import { documentsWithin } from './documents-within'
import { laterDocuments } from './later-documents'

/** Documents for code of the project that no write of a document has run. */
export function codeDocuments(context: () => DataContext): CodeDocuments {
  return {
    within(tx, request, run) {
      const now = context()
      const caller = callerFor(now, request)
      const write = auditedWrite(now, caller, {
        collection: null,
        run: (audited) => documentsWithin(audited, now, caller, run),
      })
      return write(tx)
    },
    later: (request) => laterDocuments(context(), callerFor(context(), request)),
  }
}

function callerFor(context: DataContext, { actor, time, ip, requestId }: CodeRequest): Caller {
  return createCaller(context, actor, { method: '', headers: {}, time, ip, requestId })
}
