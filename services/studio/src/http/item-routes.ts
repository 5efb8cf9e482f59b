import type { RouteAccess } from '@koyalite/contracts'
import { type Route, route } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { z } from 'zod'
import { forgetItem, keepItem, type Operator, requireOperator } from '../operations/keep-item'
import { type KeptItem, listItems } from '../store/kept-items'

const itemView = z.object({
  name: z.string(),
  value: z.unknown(),
  shared: z.boolean(),
  /** Whether it is the caller's: only then it can be changed. */
  own: z.boolean(),
  updated_at: z.iso.datetime(),
})

/** Theirs, whatever their role. */
const operators: RouteAccess<Operator> = { kind: 'signed_in', description: 'Operators.', check: requireOperator }

/** What operators keep: their views, drafts, columns. */
export function itemRoutes(database: Database): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/admin/studio/items',
      name: 'listStudioItems',
      summary: 'List what the caller keeps in the studio, and what others share',
      access: operators,
      query: z.strictObject({ prefix: z.string().max(200).default('') }),
      responses: { 200: z.object({ items: z.array(itemView) }) },
      handle({ actor, query: { prefix } }) {
        return { items: listItems(database, actor.id, prefix).map((item) => viewFor(actor.id, item)) }
      },
    }),
    route({
      method: 'PUT',
      path: '/api/admin/studio/items/:name',
      name: 'keepStudioItem',
      summary: 'Keep something in the studio under a name',
      access: operators,
      body: z.strictObject({ value: z.unknown(), shared: z.boolean().default(false) }),
      responses: { 200: itemView },
      async handle({ actor, params, body: { value = null, shared }, request }) {
        const kept = { name: params.name, value, isShared: shared }
        return viewFor(actor.id, await keepItem(database, actor, kept, request.time))
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/admin/studio/items/:name',
      name: 'deleteStudioItem',
      summary: 'Delete something that the caller keeps in the studio',
      access: operators,
      responses: { 204: null },
      async handle({ actor, params }) {
        await forgetItem(database, actor, params.name)
        return null
      },
    }),
  ]
}

function viewFor(operatorId: string, item: KeptItem) {
  return {
    name: item.name,
    value: JSON.parse(item.value) as unknown,
    shared: item.isShared,
    own: item.operatorId === operatorId,
    updated_at: new Date(item.updatedAt).toISOString(),
  }
}
