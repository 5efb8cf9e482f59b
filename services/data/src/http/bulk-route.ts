import { byRules, OPERATORS_DATA } from '@koyalite/access'
import { AppError, openObject } from '@koyalite/contracts'
import { type Route, route } from '@koyalite/kernel'
import { EVERYTHING } from '@koyalite/query'
import { z } from 'zod'
import { documentsOf } from '../actions/change-counts'
import { MAX_UNDO_DOCUMENTS } from '../actions/undo-limits'
import type { Caller } from '../caller'
import { type DataContext, modelNamed } from '../data-context'
import { type BulkWrite, bulkWrite, previewBulkWrite } from '../operations/bulk-write'
import type { TargetedDocuments } from '../store/matching-documents'
import { changeCounts, countsView } from './change-routes'
import { parseListRead } from './list-query'
import { callerOf } from './request-caller'

const MAX_KEYS = 10_000

const body = z.strictObject({
  operation: z.enum(['update', 'delete']),
  keys: z
    .array(z.union([z.string(), z.number()]))
    .min(1)
    .max(MAX_KEYS)
    .optional()
    .describe('The documents by their keys. Those that do not exist are left out.'),
  match: z
    .strictObject({
      filter: z.array(z.string()).optional(),
      where: z.string().optional(),
      params: z.string().optional(),
    })
    .optional()
    .describe('Or those that match, by the parameters of a list; `{}`: all.'),
  data: openObject({}).optional().describe('Of an update: the fields and their values.'),
  dry_run: z.boolean().default(false).describe('Says what would happen, and does nothing.'),
  expected: z.int().min(0).optional().describe('More documents than these are refused.'),
  in_steps: z.boolean().default(false).describe('Allows more than 10,000: in several transactions, and without undo.'),
})

const result = z.object({
  documents: z.int().describe('Without those that a deletion takes along.'),
  changes: changeCounts,
  blocked: z
    .array(z.object({ collection: z.string(), documents: z.int() }))
    .describe('Of a dry run: documents that refer to those to be deleted, and keep them from it.'),
  undoable: z.boolean(),
  action: z.string().nullable().describe('By it the write can be undone; null of a dry run, and of service keys.'),
  stopped: z
    .object({ code: z.string(), message: z.string() })
    .nullable()
    .describe('What ended a write in steps before its end. What was written until then stays.'),
})

/** One change of many documents, for callers who bypass the rules of the collection. */
export function bulkRoute(context: DataContext): Route {
  return route({
    method: 'POST',
    path: `${OPERATORS_DATA}bulk/:collection`,
    name: 'bulkWrite',
    summary: 'Change or delete many documents, by their keys or all that match, as one action',
    access: byRules,
    body,
    responses: { 200: result },
    async handle({ params: { collection }, body, request }) {
      const caller = callerOf(context, request)
      const { operation, data, expected = null, in_steps, dry_run } = body
      if ((operation === 'update') !== (data !== undefined))
        throw new AppError('INVALID_REQUEST', 'Send `data` with an update, and only there.')
      const write: BulkWrite = {
        targeted: targetedBy(context, caller, { collection, ...body }),
        change: operation === 'delete' ? { kind: 'delete' } : { kind: 'update', data },
        ...{ expected, inSteps: in_steps, signal: request.signal },
      }
      if (dry_run) {
        const { documents, counts, blocked } = await previewBulkWrite(context, caller, write)
        const undoable = documentsOf(counts) <= MAX_UNDO_DOCUMENTS
        return { documents, changes: countsView(counts), blocked: [...blocked], undoable, action: null, stopped: null }
      }
      const { documents, counts, action, stopped } = await bulkWrite(context, caller, write)
      return {
        ...{ documents, action, changes: countsView(counts), blocked: [] },
        undoable: action !== null && documents <= MAX_UNDO_DOCUMENTS && documentsOf(counts) <= MAX_UNDO_DOCUMENTS,
        stopped: stopped && { code: stopped.code, message: stopped.message },
      }
    },
  })
}

function targetedBy(
  context: DataContext,
  caller: Caller,
  { collection: name, keys, match }: Pick<z.output<typeof body>, 'keys' | 'match'> & { readonly collection: string },
): TargetedDocuments {
  if ((keys === undefined) === (match === undefined))
    throw new AppError('INVALID_REQUEST', 'Say which documents: either by `keys`, or by `match`.')
  const model = modelNamed(context, caller, name)
  if (keys !== undefined) {
    const query = { collection: model.collection, condition: EVERYTHING }
    return { query, keys: [...new Set(keys.map((key) => model.parseKey(String(key))))] }
  }
  const params = new URLSearchParams()
  for (const [parameter, given] of Object.entries(match ?? {}))
    for (const value of [given ?? []].flat()) params.append(parameter, value)
  return { query: parseListRead(context, caller, { collection: name, params }).query, keys: null }
}
