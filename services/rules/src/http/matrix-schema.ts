import { OPERATIONS } from '@koyalite/schema'
import { z } from 'zod'

/** The wire format of ../matrix/matrix.ts. */

const text = z.string()

const condition = z.object({
  line: z.int(),
  column: z.int(),
  kind: z.enum(['permit', 'restrict', 'field']),
  name: text.nullable().describe("The policy's, or the field's; null for the short form of a rule."),
  operation: z.enum(OPERATIONS).describe('Writing a stored document takes reading it too.'),
  about: z.enum(['stored', 'resulting']),
  condition: text.describe('What is left of the rule for these callers.'),
})

const cell = z.object({
  actor: text,
  comes_to: z
    .enum(['always', 'never', 'depends', 'bypassed', 'none'])
    .describe('`none`: no caller is of this class here.'),
  conditions: z.array(condition).describe('Of `depends`: one of the permits must hold, and all others.'),
})

export const matrix = z.object({
  actors: z.array(z.object({ id: text, name: text, about: text })),
  collections: z.array(
    z.object({
      collection: text,
      owner: text.nullable().describe('The field that says who owns a document.'),
      operations: z.array(z.object({ operation: z.enum(OPERATIONS), cells: z.array(cell) })),
      fields: z
        .array(z.object({ field: text, read: z.array(cell), write: z.array(cell) }))
        .describe('Those that not everybody may read and write who may read and write the document.'),
    }),
  ),
})
