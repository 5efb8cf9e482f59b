import fc from 'fast-check'

/** Arbitrary short forms, and values that are about as often right as wrong for them. For tests. */

export type Spec = string | { readonly type: string; readonly [option: string]: unknown }
export type Fields = { readonly [name: string]: Spec }

const NAMES = ['a', 'b', 'title', 'type', 'properties', 'anyOf', 'x-y', 'hasOwnProperty']
const SCALARS = [
  'string',
  'text',
  'number',
  'float',
  'integer',
  'int',
  'boolean',
  'bool',
  'uuid',
  'timestamp',
  'date',
  'json',
]

const small = fc.integer({ min: -3, max: 5 })
const length = fc.integer({ min: 0, max: 3 })
const word = fc.constantFrom('', 'a', 'ab', 'abc', 'ä', '😀', 'toString')

const common = {
  nullable: fc.boolean(),
  description: fc.constant('words'),
}

const ofType: Readonly<Record<string, Readonly<Record<string, fc.Arbitrary<unknown>>>>> = {
  string: {
    minLength: length,
    maxLength: length,
    pattern: fc.constantFrom('^a', 'b$', '[^a]'),
    enum: fc.array(word, { minLength: 1, maxLength: 3 }),
  },
  number: { min: small, max: small, enum: fc.array(small, { minLength: 1, maxLength: 3 }) },
  integer: { minimum: small, maximum: small },
  array: { minItems: length, maxItems: length, uniqueItems: fc.boolean() },
}

const scalar: fc.Arbitrary<Spec> = fc.constantFrom(...SCALARS).chain((type) => {
  const options = fc.record({ ...common, ...ofType[type] }, { requiredKeys: [] })
  return fc.oneof(
    fc.constant<Spec>(type),
    options.map((chosen): Spec => ({ type, ...chosen })),
  )
})

const { spec } = fc.letrec<{ readonly spec: Spec; readonly list: Spec; readonly object: Spec }>((tie) => ({
  spec: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalar, tie('list'), tie('object')),
  list: fc
    .tuple(fc.option(tie('spec'), { nil: undefined }), fc.record({ ...common, ...ofType.array }, { requiredKeys: [] }))
    .map(([items, options]): Spec => ({ type: 'array', ...(items !== undefined && { items }), ...options })),
  object: fc
    .tuple(
      fc.option(fieldsOf(tie('spec')), { nil: undefined }),
      fc.record({ ...common, additionalProperties: fc.boolean() }, { requiredKeys: [] }),
    )
    .map(
      ([properties, options]): Spec => ({
        type: 'object',
        ...(properties !== undefined && { properties }),
        ...options,
      }),
    ),
}))

/** Fields with and without `required`, in each way of saying it. */
function fieldsOf(inner: fc.Arbitrary<Spec>): fc.Arbitrary<Fields> {
  const need = fc.constantFrom({}, { required: true }, { required: false }, { optional: true }, { optional: false })
  const field = fc.tuple(inner, need).map(([one, said]): Spec => {
    if (Object.keys(said).length === 0) return one
    return { ...(typeof one === 'string' ? { type: one } : one), ...said }
  })
  return fc.dictionary(fc.constantFrom(...NAMES), field, { maxKeys: 4 })
}

/** A field named `type` is written in its long form: `{ type: 'string' }` is a JSON Schema. */
export const shortForms: fc.Arbitrary<Fields> = fieldsOf(spec).map((fields) => {
  return Object.fromEntries(
    Object.entries(fields).map(([name, one]) => [name, typeof one === 'string' ? { type: one } : one]),
  )
})

const leaf: fc.Arbitrary<unknown> = fc.oneof(
  word,
  small,
  fc.constantFrom(0.5, 1e300, true, false, null, '2026-01-31', '2026-02-30', '2026-01-31T12:00:00Z'),
  fc.constant('0198a000-0000-7000-8000-000000000001'),
)

export const anyValues: fc.Arbitrary<unknown> = fc.letrec<{ readonly value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 3 }),
  ),
})).value

/** Values of roughly the form of a field: their types fit, their limits may not. */
function valuesLike(one: Spec): fc.Arbitrary<unknown> {
  const options = typeof one === 'string' ? { type: one } : one
  const nullOften = (inner: fc.Arbitrary<unknown>) =>
    fc.oneof({ weight: 8, arbitrary: inner }, { weight: 1, arbitrary: fc.constant(null) })
  switch (options.type) {
    case 'array':
      return nullOften(
        fc.array(options.items === undefined ? leaf : valuesLike(options.items as Spec), { maxLength: 4 }),
      )
    case 'object':
      return nullOften(options.properties === undefined ? anyValues : objectsLike(options.properties as Fields))
    default:
      return nullOften(Array.isArray(options.enum) ? fc.oneof(fc.constantFrom(...options.enum), leaf) : leaf)
  }
}

export function objectsLike(fields: Fields): fc.Arbitrary<unknown> {
  const entries = Object.entries(fields)
  const known = fc.record(Object.fromEntries(entries.map(([name, one]) => [name, valuesLike(one)])), {
    requiredKeys: [],
  })
  const whole = fc.record(Object.fromEntries(entries.map(([name, one]) => [name, valuesLike(one)])))
  const more = fc.dictionary(fc.constantFrom('zzz', ...NAMES), leaf, { maxKeys: 1 })
  return fc.oneof(
    whole,
    whole,
    known,
    fc.tuple(whole, more).map(([a, b]) => ({ ...a, ...b })),
  )
}
