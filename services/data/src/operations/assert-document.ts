import { AppError, type DocumentRead, type Tx } from '@koyalite/contracts'
import { type Condition, checkedParams, EVERYTHING, parseFieldValues, parseWhere } from '@koyalite/query'
import type { JsonValue } from '@koyalite/schema'
import { auditedReads } from '../audit/audited-read'
import type { Caller } from '../caller'
import type { CollectionModel } from '../collection-model'
import { type DataContext, modelNamed } from '../data-context'
import { documentObject } from '../document-input'
import { verifyNotThere } from '../missing-document'
import { selectIfMatching } from '../store/matching-key'
import { validationError } from '../validation-error'
import type { AssertedDocument } from './batch-operation'
import type { DocumentName } from './target-document'

/** Something that must hold of a document, or else nothing of the batch is written. */
export interface Assertion {
  /** As the caller sees the document now. It takes as long for one that is missing or hidden. */
  readonly holds: (tx: Tx) => boolean
  readonly refuse: () => AppError
  /** What it tells of audited documents. */
  readonly reads: (held: boolean) => readonly DocumentRead[]
}

/**
 * An assertion about a document: whether a list with its condition would show it to the caller. A document that is
 * missing, one that they may not read and one of which it is false are one answer, PRECONDITION_FAILED. Throws
 * COLLECTION_NOT_FOUND, INVALID_FILTER, VALIDATION_ERROR.
 */
export function assertDocument(
  context: DataContext,
  caller: Caller,
  { collection: name, id, ...asserted }: DocumentName & AssertedDocument,
): Assertion {
  const model = modelNamed(context, caller, name)
  const { collection } = model
  const refuse = () => new AppError('PRECONDITION_FAILED', `The assertion about '${id}' in '${name}' does not hold.`)
  const key = model.readKey(id)
  // Where nothing may be read, what is asked must not tell which fields there are.
  if (caller.access.read.rows(collection).kind === 'none') return { holds: () => false, refuse, reads: () => [] }
  const query = { collection, condition: conditionOf(context, caller, model, asserted) }
  if (key === undefined) return { holds: () => false, refuse, reads: () => [] }
  const sql = caller.access.bind(selectIfMatching(query, caller.access.read, key))
  return {
    holds(tx) {
      if (tx.get(sql) !== undefined) return true
      verifyNotThere(tx, collection, key)
      return false
    },
    refuse,
    reads(held) {
      if (!context.audited.shownBy.has(name)) return []
      const keys = held ? [key as string | number] : []
      const asked = { ...query, sort: [], projection: { collection, fields: null, expand: [] } }
      return auditedReads(context, asked, { how: 'listed', asked: textOf(id, asserted), keys, texts: [] })
    },
  }
}

function conditionOf(
  { schema }: DataContext,
  { access, now }: Caller,
  { collection }: CollectionModel,
  { where, params, data }: AssertedDocument,
): Condition {
  if (where !== undefined) {
    // While an assertion is checked nobody can write.
    const scope = { auth: access.auth, now, listsInMemory: true }
    const asked = { where, params: params === undefined ? null : checkedParams(params as readonly JsonValue[]) }
    return parseWhere(schema, collection, asked, access.read, scope) ?? EVERYTHING
  }
  const found = parseFieldValues(schema, collection, documentObject(data), access.read)
  if ('condition' in found) return found.condition
  throw validationError(found.problems)
}

/** As the audit log shows it. */
function textOf(id: string, { where, params, data }: AssertedDocument): string {
  const parts: readonly (readonly [string, string | undefined])[] = [
    ['id', id],
    ['where', where],
    ['params', params && JSON.stringify(params)],
    ['data', data === undefined ? undefined : JSON.stringify(data)],
  ]
  return parts.flatMap(([name, text]) => (text === undefined ? [] : [`${name}=${encodeURIComponent(text)}`])).join('&')
}
