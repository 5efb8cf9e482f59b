import type { CollectionHooks, DocumentHooks, HookCall, HookOperation } from '@koyalite/contracts'
import { documentsWithin } from './documents-within'
import type { HookSource, HookTarget, WriteHooks } from './hook-source'
import { laterDocuments } from './later-documents'

/** The hooks of a project, as writes run them. */
export function runningHooks(hooks: DocumentHooks): HookSource {
  const known = new WeakMap<CollectionHooks, WriteHooks>()
  return {
    of(collection) {
      const found = hooks.of(collection)
      if (found === null) return null
      let running = known.get(found)
      if (running === undefined) {
        running = writeHooks(found)
        known.set(found, running)
      }
      return running
    },
  }
}

function writeHooks(hooks: CollectionHooks): WriteHooks {
  return {
    has: (stage, operation) => hooks.has(stage, operation),
    prepare: (target, operation, data) =>
      hooks.prepare(callOf(target, operation), { data, documents: laterDocuments(target.context, target.caller) }),
    before: (tx, target, operation, given) =>
      documentsWithin(tx, target.context, target.caller, (documents) =>
        hooks.before(tx, callOf(target, operation), { ...given, documents }),
      ),
    after(tx, target, operation, written) {
      const call = callOf(target, operation)
      tx.afterCommit(() => hooks.after(call, { ...written, documents: laterDocuments(target.context, target.caller) }))
    },
  }
}

function callOf({ caller, model }: HookTarget, operation: HookOperation): HookCall {
  const { actor, time, ip, requestId, note } = caller
  return {
    ...{ collection: model.collection.name, operation, actor, time, requestId },
    ...{ ip: ip ?? '', chain: note?.chain ?? null, depth: caller.hooking?.depth ?? 0 },
  }
}
