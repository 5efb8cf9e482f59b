import { admin } from '@koyalite/access'
import { JsonText, pageOf, paginated, type Route, route } from '@koyalite/kernel'
import { z } from 'zod'
import { AUDIT_AREA } from '../admin-areas'
import type { AuditContext } from '../audit-context'
import { listEntries } from '../operations/list-entries'
import { verifyLog } from '../operations/verify-log'

const text = z.string()
const link = z.object({ seq: z.int().min(0), hash: text })
const actor = z.object({
  kind: z.enum(['anonymous', 'user', 'operator', 'service_key', 'system']),
  id: text.nullable(),
  name: text.nullable(),
})
const entry = z.object({
  ...link.shape,
  at: z.iso.datetime(),
  event: text,
  outcome: z.enum(['success', 'failure']),
  actor,
  impersonator: actor.nullable(),
  target: z.object({ kind: text, id: text.nullable(), name: text.nullable().optional() }).nullable(),
  ip: text.nullable(),
  request_id: text.nullable(),
  details: z.looseObject({}).nullable(),
})
const timestamp = text
  .refine((text) => !Number.isNaN(Date.parse(text)), { error: 'must be a timestamp such as 2026-01-31T12:00:00Z' })
  .transform((text) => new Date(text).toISOString())

const entries = paginated('entries', entry, {
  event: text.max(100).optional(),
  outcome: entry.shape.outcome.optional(),
  actor: text.max(100).optional(),
  actor_kind: actor.shape.kind.optional(),
  target: text.max(200).optional(),
  target_kind: text.max(100).optional(),
  collection: text.max(100).optional(),
  ip: text.max(100).optional(),
  since: timestamp.optional(),
  until: timestamp.optional(),
  cursor: text.regex(/^\d{1,15}$/, 'must be a cursor from an earlier response').optional(),
})

/** `12:ab…`: number and hash of an entry. */
const head = text.regex(/^\d{1,15}:[0-9a-f]{64}$/, 'must be <number>:<hash> from an earlier verification')

export function auditRoutes(context: AuditContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/admin/audit/verify',
      name: 'verifyAuditLog',
      summary: 'Verify the hash chain of the audit log',
      access: admin(AUDIT_AREA, 'read'),
      query: z.object({ head: head.optional().describe('`<number>:<hash>` of an earlier verification.') }),
      responses: {
        200: z.union([
          z.object({ ok: z.literal(true), entries: z.int(), head: link }),
          z.object({ ok: z.literal(false), entries: z.int(), seq: z.int(), reason: text }),
        ]),
      },
      handle: ({ query }) => {
        const [seq, hash] = query.head?.split(':') ?? []
        return verifyLog(context, seq === undefined || hash === undefined ? null : { seq: Number(seq), hash })
      },
    }),
    route({
      method: 'GET',
      path: '/api/admin/audit',
      name: 'listAuditEntries',
      summary: 'List audit log entries, newest first',
      access: admin(AUDIT_AREA, 'read'),
      query: entries.query,
      responses: { 200: entries.response },
      handle: async ({ actor, query }) => {
        const { limit, cursor, actor_kind, target_kind, ...rest } = query
        const before = cursor === undefined ? undefined : Number(cursor)
        const filter = { ...rest, actorKind: actor_kind, targetKind: target_kind, before }
        const found = await listEntries(context, actor, { filter, limit: limit + 1 })
        const { page, next_cursor } = pageOf(found, limit, ({ seq }) => String(seq))
        const texts = page.map(({ text }) => text)
        return new JsonText(`{"entries":[${texts.join(',')}],"next_cursor":${JSON.stringify(next_cursor)}}`)
      },
    }),
  ]
}
