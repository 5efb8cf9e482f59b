import { OPERATIONS } from '@koyalite/schema'
import { z } from 'zod'

/** The wire format of ../explain/explanation.ts and ../run/run-tests.ts. */

const text = z.string()

const part = z
  .object({
    source: text,
    start: z.int().describe('Where it begins in the source of the rule, or of the definition, in UTF-16 units.'),
    end: z.int(),
    calls: text.nullable().describe('The definition that this part is a call of.'),
    definition: text.nullable().describe('The definition in whose body it stands; null for the rule itself.'),
    result: z.union([z.boolean(), z.literal('error')]),
    operator: z.enum(['&&', '||']).nullable(),
    get operands() {
      return z.array(part)
    },
    values: z.record(text, z.unknown()).describe('What it looked at: `doc.author_id`, `auth.id`.'),
  })
  .meta({ id: 'ExplanationPart' })

const rule = z.object({
  file: text,
  line: z.int(),
  column: z.int(),
  name: text.nullable(),
  kind: z.enum(['permit', 'restrict', 'field']),
  about: z.enum(['stored', 'resulting']),
  source: text,
  definitions: z.array(z.object({ signature: text, source: text, line: z.int(), column: z.int() })),
  comes_to: z.enum(['always', 'never', 'depends']),
  slow: z.array(text),
  warnings: z.array(text),
  sql: z
    .object({ text, params: z.array(z.unknown()) })
    .nullable()
    .describe('The predicate over the row `d0` that it is for this caller.'),
  outcome: part.nullable(),
})

const sql = z.object({
  text,
  params: z.array(z.object({ value: z.unknown(), meaning: text })),
  plan: z.array(text),
  uses_index: z.boolean(),
  reads: z
    .enum(['page', 'until_full', 'matches', 'everything'])
    .describe('How much is read for a page: no more; documents in order until it is full; all that match; everything.'),
  words: z.array(text).describe('The plan in sentences.'),
  indexes: z
    .array(z.object({ collection: text, fields: z.array(text), place: text, line: text }))
    .describe('Indexes that would make it read less: `line` belongs to `place` of schema.yaml.'),
  after: z.array(text).describe('The plan with these indexes, in sentences.'),
  obstacles: z.array(text).describe('Why an index does not help, or not enough.'),
})

export const explanation = z.object({
  collection: text,
  operation: z.enum(OPERATIONS),
  actor: text,
  comes_to: z.enum(['always', 'never', 'depends', 'bypassed']),
  summary: text,
  rules: z.array(rule),
  sql: sql.nullable(),
  document: z
    .object({
      id: text.nullable(),
      answer: z.object({ status: z.int(), code: text.nullable(), message: text.nullable() }),
      allowed: z.boolean(),
      reasons: z.array(text),
    })
    .nullable(),
})

export const testReport = z.object({
  ok: z.boolean(),
  passed: z.int(),
  failed: z.int(),
  files: z.array(
    z.object({
      file: text,
      problems: z.array(text),
      cases: z.array(
        z.object({
          title: text,
          line: z.int(),
          column: z.int(),
          ok: z.boolean(),
          message: text.nullable(),
          because: z.array(text),
          status: z.int(),
        }),
      ),
    }),
  ),
})
