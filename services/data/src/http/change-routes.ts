import { admin, requireAdmin } from '@koyalite/access'
import { AppError } from '@koyalite/contracts'
import { pageOf, paginated, queryFlag, type Route, reply, route } from '@koyalite/kernel'
import { z } from 'zod'
import type { ChangeCounts } from '../actions/change-counts'
import { type ListedAction, listActions } from '../actions/list-actions'
import { undoAction } from '../actions/undo-action'
import { ALL_CHANGES_AREA, CHANGES_AREA } from '../admin-areas'
import type { DataContext } from '../data-context'
import { documentHeaders } from './document-response'
import { actionOf, callerOf } from './request-caller'

export const changeCounts = z.array(
  z.object({ collection: z.string(), inserted: z.int(), updated: z.int(), deleted: z.int() }),
)

const action = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  operator: z
    .object({ id: z.string(), email: z.string() })
    .nullable()
    .describe('Null: the server itself, from its command line.'),
  route: z.string().describe('Method and path of the request.'),
  changes: changeCounts.describe('What became of documents, with those that a deletion took along.'),
  undoes: z.string().nullable().describe('The action that this one took back.'),
  undone_by: z.string().nullable(),
  impossible: z
    .object({
      code: z.enum(['undone', 'too_many', 'other_history', 'schema_changed', 'columns', 'forbidden']),
      message: z.string(),
    })
    .nullable()
    .describe('Why it cannot be undone; null where nothing is in the way so far.'),
})

const actions = paginated('actions', action, {
  all: queryFlag.default(false).describe('What all operators did: for owners and admins.'),
  collection: z.string().max(200).optional().describe('With `key`: what anybody did to this document.'),
  key: z.string().max(1000).optional(),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'must be a cursor from an earlier response')
    .optional(),
})

const documentKey = z.strictObject({ collection: z.string(), key: z.union([z.string(), z.number()]) })

const MAX_LEFT_OUT = 10_000

const undone = z.object({
  action: z.string().nullable().describe('The undo as an action: undoing that one is "redo". Null of a dry run.'),
  changes: changeCounts,
  conflicts: z.array(
    z.object({
      collection: z.string(),
      key: z.union([z.string(), z.number()]),
      reason: z.enum(['changed', 'deleted', 'exists', 'others', 'refused']),
      message: z.string(),
      fields: z.array(z.object({ field: z.string(), made: z.unknown(), now: z.unknown() })),
    }),
  ),
  users_without_credentials: z
    .int()
    .describe('Users who come back: without password, sessions, second factors and identities.'),
})

/** What operators did to documents, and taking it back. */
export function changeRoutes(context: DataContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/admin/changes',
      name: 'listChanges',
      summary: 'List what operators did to documents, newest first',
      access: admin(CHANGES_AREA, 'read'),
      query: actions.query,
      responses: { 200: actions.response },
      async handle({ actor, query: { all, collection, key, cursor, limit }, request }) {
        if ((collection === undefined) !== (key === undefined))
          throw new AppError('INVALID_REQUEST', 'Send `collection` and `key` together: they name a document.')
        if (all) requireAdmin(actor, ALL_CHANGES_AREA, 'read')
        const document = collection === undefined || key === undefined ? null : { collection, key }
        const isOfAll = all || document !== null || actor.kind !== 'operator'
        const found = await listActions(context, callerOf(context, request), {
          operatorId: isOfAll ? null : actor.id,
          ...{ document, limit: limit + 1, signal: request.signal },
          before: cursor === undefined ? null : Number(cursor),
        })
        const { page, next_cursor } = pageOf(found, limit, ({ first }) => String(first))
        return { actions: page.map(actionView), next_cursor }
      },
    }),
    route({
      method: 'POST',
      path: '/api/admin/changes/:id/undo',
      name: 'undoChange',
      summary: 'Undo what an operator did, all of it or nothing; undoing an undo is "redo"',
      access: admin(CHANGES_AREA, 'write'),
      body: z.strictObject({
        dry_run: z.boolean().default(false).describe('Says what would happen, and does nothing.'),
        leave_out: z
          .array(documentKey)
          .max(MAX_LEFT_OUT)
          .default([])
          .describe('Documents that stay as they are: those that others have changed since, as a dry run names them.'),
      }),
      responses: { 200: undone },
      async handle({ params: { id }, body: { dry_run, leave_out }, request }) {
        const { seq, action, counts, conflicts } = await undoAction(context, callerOf(context, request), {
          ...{ id, leaveOut: leave_out, isDryRun: dry_run, origin: actionOf(request) },
        })
        const result = {
          action,
          changes: countsView(counts),
          conflicts: conflicts.map((conflict) => ({ ...conflict, fields: [...conflict.fields] })),
          users_without_credentials: counts.find(({ collection }) => collection === 'users')?.inserted ?? 0,
        }
        return reply(200, result, { headers: documentHeaders(context, seq) })
      },
    }),
  ]
}

export function countsView(counts: readonly ChangeCounts[]) {
  return counts.map(({ layout: _, ...count }) => count)
}

function actionView(one: ListedAction) {
  const { id, at, operator, route, counts, undoes, undoneBy, impossible } = one
  return {
    ...{ id, operator, route, undoes, impossible },
    at: new Date(at).toISOString(),
    changes: countsView(counts),
    undone_by: undoneBy,
  }
}
