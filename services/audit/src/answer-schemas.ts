import { z } from 'zod'

/** What the routes take and answer, for the reference. */

const text = z.string()
const link = z.object({ seq: z.int().min(0), hash: text })
const actor = z.object({
  kind: z.enum(['anonymous', 'user', 'operator', 'service_key', 'system']),
  id: text.nullable(),
  name: text.nullable(),
})

export const headQuery = z.object({ head: text.optional().describe('`<number>:<hash>` of an earlier verification.') })

export const verdictAnswer = z.union([
  z.object({ ok: z.literal(true), entries: z.int(), head: link }),
  z.object({ ok: z.literal(false), entries: z.int(), seq: z.int(), reason: text }),
])

export const entriesAnswer = z.object({
  entries: z.array(
    z.object({
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
    }),
  ),
  next_cursor: text.nullable(),
})
