import { AppError, openObject } from '@koyalite/contracts'
import { z } from 'zod'

export const MAX_OPERATIONS = 1000

export type Key = string | number

/** In the place of a key: that of the document of an earlier operation, by the index of this operation. */
export interface EarlierKey {
  readonly $result: unknown
}

/** @typeParam Id what names a document */
export type OperationOf<Id> =
  | {
      readonly op: 'create' | 'upsert'
      readonly collection: string
      readonly id?: Id | undefined
      readonly data: unknown
    }
  | { readonly op: 'update'; readonly collection: string; readonly id: Id; readonly data: unknown }
  | { readonly op: 'delete'; readonly collection: string; readonly id: Id }
  | (AssertedDocument & { readonly op: 'assert'; readonly collection: string; readonly id: Id })

/** What an assertion says of a document: `where` holds, or fields have the values of `data`. One of them is there. */
export interface AssertedDocument {
  readonly where?: string | undefined
  readonly params?: readonly unknown[] | undefined
  readonly data?: unknown
}

/** An operation as it was sent. */
export type BatchOperation = OperationOf<Key | EarlierKey>
/** One whose keys are known. */
export type ReadyOperation = OperationOf<Key>

// What is wrong with `$result` is said together with what is wrong with the document.
const id = z.union([z.string(), z.number(), openObject({ $result: z.unknown() })])
const collection = z.string()
const data = z.unknown()
const operationSchema = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('create'), collection, id: id.optional(), data }),
  z.strictObject({ op: z.literal('update'), collection, id, data }),
  z.strictObject({ op: z.literal('upsert'), collection, id: id.optional(), data }),
  z.strictObject({ op: z.literal('delete'), collection, id }),
  z
    .strictObject({
      op: z.literal('assert'),
      collection,
      id,
      where: z.string().optional(),
      params: z.array(z.unknown()).optional(),
      data: openObject({}).optional(),
    })
    .refine(({ where, data }) => (where === undefined) !== (data === undefined), {
      error: 'an assertion takes either `where` or `data`',
    })
    .refine(({ where, params }) => params === undefined || where !== undefined, {
      path: ['params'],
      error: 'has the values of a `where`',
    }),
])

const batchSchema = z.strictObject({ operations: z.array(z.unknown()).min(1).max(MAX_OPERATIONS) })

/** The operations of the body of a batch, not looked into. Throws INVALID_REQUEST. */
export function parseBatch(body: unknown): readonly unknown[] {
  const parsed = batchSchema.safeParse(body)
  if (!parsed.success) throw invalidBatch(parsed.error)
  return parsed.data.operations
}

/** Throws INVALID_REQUEST. */
export function parseOperation(value: unknown): BatchOperation {
  const parsed = operationSchema.safeParse(value)
  if (!parsed.success) throw invalidBatch(parsed.error)
  return parsed.data
}

function invalidBatch(error: z.ZodError): AppError {
  const details = error.issues.map((issue) => ({
    field: issue.path.join('.'),
    code: issue.code,
    message: issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message,
  }))
  const expected = `A batch must be {"operations":[{"op":"create|update|upsert|delete|assert","collection":…,"id":…,"data":…}, …]} with 1 to ${MAX_OPERATIONS} operations.`
  return new AppError('INVALID_REQUEST', expected, { details })
}
