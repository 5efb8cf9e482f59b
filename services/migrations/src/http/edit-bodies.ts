import { shortRecord } from '@koyalite/contracts'
import { z } from 'zod'

const name = z.string().min(1).max(200)
const before = name.optional().describe('The neighbour before which it belongs; without it the place is the last.')
const options = shortRecord(z.string().max(100), z.unknown()).describe('As schema.yaml has them; null takes one out.')
const collection = name
/** Of a field that lists its values itself. */
const value = z.union([name, z.number()])

/** One change, as somebody means it. */
const schemaEdit = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('add_collection'), collection, value: options }),
  z.strictObject({ type: z.literal('rename_collection'), from: name, to: name }),
  z.strictObject({ type: z.literal('drop_collection'), collection }),
  z.strictObject({ type: z.literal('set_collection'), collection, options }),
  z.strictObject({ type: z.literal('add_field'), collection, field: name, value: options, before }),
  z.strictObject({ type: z.literal('rename_field'), collection, from: name, to: name }),
  z.strictObject({ type: z.literal('drop_field'), collection, field: name }),
  z.strictObject({ type: z.literal('set_field'), collection, field: name, options }),
  z.strictObject({ type: z.literal('move_field'), collection, field: name, before }),
  z.strictObject({ type: z.literal('rename_field_value'), collection, field: name, from: value, to: value }),
  z.strictObject({
    ...{ type: z.literal('remove_field_value'), collection, field: name },
    ...{ value, replacement: value.nullable() },
  }),
  z.strictObject({ type: z.literal('set_index'), collection, index: name, value: options }),
  z.strictObject({ type: z.literal('drop_index'), collection, index: name }),
  z.strictObject({
    type: z.literal('set_rule'),
    collection,
    operation: z.enum(['create', 'read', 'update', 'delete']),
    rule: z.string().max(10_000).nullable(),
  }),
  z.strictObject({ type: z.literal('set_policy'), collection, policy: name, value: options }),
  z.strictObject({ type: z.literal('drop_policy'), collection, policy: name }),
  z.strictObject({ type: z.literal('set_definition'), signature: name, body: z.string().max(10_000).nullable() }),
  z.strictObject({ type: z.literal('add_enum'), enum: name, values: z.array(name).min(1).max(1000) }),
  z.strictObject({ type: z.literal('rename_enum'), from: name, to: name }),
  z.strictObject({ type: z.literal('drop_enum'), enum: name }),
  z.strictObject({ type: z.literal('add_value'), enum: name, value: name, before }),
  z.strictObject({ type: z.literal('rename_value'), enum: name, from: name, to: name }),
  z.strictObject({ type: z.literal('remove_value'), enum: name, value: name, replacement: name.nullable() }),
  z.strictObject({ type: z.literal('move_value'), enum: name, value: name, before }),
])

export const editRequest = z.strictObject({
  source: z
    .string()
    .max(1_000_000)
    .optional()
    .describe('In the place of schema.yaml as it is; the edits are made on it.'),
  edits: z.array(schemaEdit).max(500).default([]),
  answers: z
    .record(z.string().max(500), z.enum(['rename', 'drop']))
    .default({})
    .describe('Whether something was renamed, by the question of an earlier plan.'),
  fills: z
    .record(z.string().max(200), z.string().max(2000))
    .default({})
    .describe('SQL for the values of existing documents, by `collection.field`.'),
  name: z.string().max(200).optional().describe('Of the migration file, should one be needed.'),
})

export const applyRequest = editRequest.extend({
  base: z
    .string()
    .max(100)
    .describe('The hash of the file that the plan was made for: an edit of somebody else is never overwritten.'),
  confirm: z.string().max(200).optional().describe('What the plan asks for, where data is lost.'),
})

export const diagnostic = z.object({
  line: z.int(),
  column: z.int(),
  severity: z.enum(['error', 'warning']),
  message: z.string(),
})

export const planView = z.object({
  hash: z.string().describe('Of schema.yaml as it is.'),
  before: z.string().describe('schema.yaml as it is.'),
  source: z.string().describe('schema.yaml as it would be.'),
  diagnostics: z.array(diagnostic),
  rewritten: z.array(z.string()).describe('Places that are changed besides, since they name what is renamed.'),
  files: z
    .array(
      z.object({
        file: z.string(),
        lines: z.array(z.int()).describe('The first 20, from 1; none where the file is named after what is renamed.'),
        rewritten: z.boolean().describe('Whether it is changed too; else it stays as it is.'),
      }),
    )
    .describe('Rule tests and seeds that name what is renamed.'),
  steps: z.array(
    z.object({
      change: z.string(),
      risk: z.enum(['none', 'renames', 'checks_data', 'changes_data', 'loses_data']),
      collection: z.string().nullable(),
      field: z.string().nullable(),
      reason: z.string().nullable(),
      documents: z
        .int()
        .nullable()
        .describe('In the collection; null where there is none yet, or counting takes too long.'),
      concerned: z.int().nullable().describe('Of them those that it does something to; null where that is not known.'),
      fill: z.string().nullable().describe('What existing documents get, as SQL.'),
    }),
  ),
  questions: z.array(z.string()).describe('Possible renames: to be answered by `answers`.'),
  losses: z.array(z.string()),
  migration: z.object({ file: z.string(), text: z.string() }).nullable(),
  confirm: z.string().nullable().describe('What has to be sent with it, since data is lost.'),
  problems: z.array(z.string()).describe('Why it cannot be applied.'),
  refusal: z.string().nullable().describe('Why operators cannot change the schema here.'),
})
