import { hasScope, requireAdmin } from '@koyalite/access'
import { type Actor, AppError, pageLimit } from '@koyalite/contracts'
import { z } from 'zod'
import type { AuditContext } from '../audit-context'
import { type AuditEntry, type AuditFilter, findEntries } from '../store/audit-log'

const timestamp = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), { error: 'must be a timestamp such as 2026-01-31T12:00:00Z' })
  .transform((text) => new Date(text).toISOString())

/** All of them may be left out. */
export const auditQuery = z
  .strictObject({
    event: z.string().max(100),
    outcome: z.enum(['success', 'failure']),
    actor: z.string().max(100),
    actor_kind: z.enum(['anonymous', 'user', 'operator', 'service_key', 'system']),
    target: z.string().max(200),
    target_kind: z.string().max(100),
    collection: z.string().max(100),
    ip: z.string().max(100),
    since: timestamp,
    until: timestamp,
    cursor: z.string().regex(/^\d{1,15}$/, 'must be a cursor of an earlier answer'),
    limit: pageLimit,
  })
  .partial()

/**
 * A page of the log, newest first, as JSON text: `{"entries":[…],"next_cursor":…}`.
 * Throws UNAUTHENTICATED, FORBIDDEN, INVALID_REQUEST, QUERY_TIMEOUT.
 */
export async function listEntries(context: AuditContext, actor: Actor, params: URLSearchParams): Promise<string> {
  requireAdmin(actor, 'audit', 'read')
  const parsed = auditQuery.safeParse(Object.fromEntries(params))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const name = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path.join('.')
    throw new AppError('INVALID_REQUEST', `${name}: ${issue?.message}`)
  }
  const { limit = 50, cursor, actor_kind, target_kind, ...rest } = parsed.data
  const filter = Object.fromEntries(
    Object.entries({
      ...rest,
      actorKind: actor_kind,
      targetKind: target_kind,
      before: cursor === undefined ? undefined : Number(cursor),
    }).filter(([, value]) => value !== undefined),
  ) as AuditFilter
  const found = await findEntries(context.database, filter, limit + 1)
  const page = found.slice(0, limit)
  const next = found.length > limit ? `"${page.at(-1)?.seq}"` : 'null'
  const entries = page.map(({ entry, hash }) => `${shownTo(actor, entry).slice(0, -1)},"hash":"${hash}"}`)
  return `{"entries":[${entries.join(',')}],"next_cursor":${next}}`
}

/**
 * The text itself, not a copy of it, so that anybody can verify the hashes; but the log shows nobody documents that they may not
 * read: a key without that right learns who did what to which, and not what is in them.
 */
function shownTo(actor: Actor, text: string): string {
  if (actor.kind !== 'service_key' || !text.includes('"event":"document.')) return text
  const entry = JSON.parse(text) as AuditEntry
  const collection = String(entry.details?.collection)
  if (!entry.event.startsWith('document.') || hasScope(actor, 'data:read', collection)) return text
  return JSON.stringify({ ...entry, details: { collection, withheld: true } })
}
