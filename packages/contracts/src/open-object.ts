import { z } from 'zod'

/** The value of an `openObject`: what is known of it, and anything else. */
type Open<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>> & Readonly<Record<string, unknown>>

/**
 * An object of a request that may have other keys than these. It stays what it is: z.looseObject and z.record copy key by key, which takes longer than
 * parsing what was sent. So its parts are checked and never transformed.
 */
export function openObject<const Shape extends z.ZodRawShape>(shape: Shape) {
  const known = z.object(shape)
  return z
    .custom<Open<Shape>>(isObject, 'must be an object')
    .superRefine((value, context) => {
      for (const issue of known.safeParse(value).error?.issues ?? []) context.addIssue({ ...issue })
    })
    .meta(jsonSchema(z.looseObject(shape)))
}

/** A record of a request whose entries are checked one by one: not more than these. */
export function shortRecord<Key extends z.core.$ZodRecordKey, Value extends z.ZodType>(
  key: Key,
  value: Value,
  max = 1000,
) {
  const record = z.record(key, value)
  return z
    .custom<Readonly<Record<string, unknown>>>(isObject, 'must be an object')
    .refine((given) => Object.keys(given).length <= max, `must have at most ${max} entries`)
    .pipe(record)
    .meta(jsonSchema(record))
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function jsonSchema(type: z.ZodType) {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' })
  return schema
}
