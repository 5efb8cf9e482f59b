import { z } from 'zod'

const text = z.string()

/** As in contracts/migration-status.ts. */
export const status = z.object({
  up_to_date: z.boolean(),
  migrations: z.array(
    z.object({
      version: z.int(),
      name: text,
      description: text.nullable(),
      state: z
        .enum(['applied', 'pending', 'draft', 'changed', 'missing', 'invalid'])
        .describe('`draft`: it loses data, and waits until it is edited or confirmed.'),
      file: text.nullable(),
      applied_at: text.nullable(),
      snapshot: text.nullable(),
      destroys: z.boolean().nullable(),
      reversible: z.boolean().nullable(),
      remarks: z.array(text),
    }),
  ),
  changes: z.array(z.object({ change: text, automatic: z.boolean(), reason: text.nullable(), hint: text.nullable() })),
  problems: z.array(text),
})

/** The files that were applied, and a line for each thing that came by itself. */
export const applied = z.object({
  applied: z.array(z.object({ version: z.int(), name: text, file: text, snapshot: text.nullable() })),
  changes: z.array(text),
})

export const plannedRollbacks = z.object({
  migrations: z.array(
    z.union([
      z.object({ version: z.int(), name: text, possible: z.literal(true), losses: z.array(text) }),
      z.object({ version: z.int(), name: text, possible: z.literal(false), reasons: z.array(text) }),
    ]),
  ),
})

export const rolledBack = z.object({
  rolled_back: z.array(z.object({ version: z.int(), name: text, losses: z.array(text) })),
  snapshot: text.nullable(),
})

export const cancelled = z.object({ cancelled: z.boolean() })

export const draft = z.object({
  version: z.int(),
  name: text,
  file: text.describe('Where it belongs: `migrations/002_rename_user_name.yaml`.'),
  text,
  questions: z.array(text),
  losses: z.array(text).describe('What applying it loses; such a draft waits until it is edited or confirmed.'),
  empty: z.boolean(),
})
