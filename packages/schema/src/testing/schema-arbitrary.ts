import fc from 'fast-check'
import type {
  Collection,
  Default,
  Definition,
  EnumType,
  Expression,
  Field,
  FieldType,
  FieldValidation,
  Index,
  JsonValue,
  OwnType,
  Policy,
  Schema,
} from '../model'
import { OPERATIONS } from '../model'
import { USERS_FIELDS } from '../users'

/** Arbitrary valid schemas, for property tests only. */

const START = { line: 1, column: 1 }

const name = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9]{0,6}(_id)?$/),
  fc.constantFrom('order', 'select', 'group', 'null', 'true', 'values', 'index', 'key', 'rowid'),
)

/** Text that a schema may hold: any but U+0000 and lone surrogates. */
const text = fc
  .oneof(
    fc.string({ maxLength: 12, unit: 'grapheme' }),
    fc.string({ maxLength: 12 }),
    fc.constantFrom("it's", 'null', '1', ' a\n b', '# x', 'ä: 😀', '\t'),
  )
  .filter((value) => !value.includes('\u0000') && value !== 'auto' && value !== 'now')

const expression: fc.Arbitrary<Expression> = fc
  .oneof(
    fc.constantFrom('true', 'auth.id != null', 'auth.id == doc.id ||\n  auth.can("x")', 'doc.a == "it\'s: #1"'),
    text,
  )
  .map((source) => ({ source: source.trimEnd(), position: START }))
  .filter(({ source }) => source.trim() !== '')

const json: fc.Arbitrary<JsonValue> = fc
  .jsonValue({ maxDepth: 2 })
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonValue)
  .filter(
    (value) =>
      value !== null &&
      value !== 'auto' &&
      value !== 'now' &&
      JSON.stringify(value).isWellFormed() &&
      !/\\u0000|\\ud[89a-f]|__proto__|"<<"/.test(JSON.stringify(value)),
  )

const safeInteger = fc.maxSafeInteger().map((value) => value + 0)
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)

const day = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))

const validation: Readonly<Record<FieldType, fc.Arbitrary<FieldValidation>>> = {
  string: textValidation(),
  text: textValidation(),
  int: numberValidation(safeInteger),
  float: numberValidation(finite),
  uuid: fc.constant({}),
  bool: fc.constant({}),
  timestamp: fc.constant({}),
  date: dateValidation(),
  json: fc.constant({}),
  blob: fc.constant({}),
}

function textValidation(): fc.Arbitrary<FieldValidation> {
  return fc.oneof(
    fc.constant({}),
    fc.record({ minLength: fc.nat(2), maxLength: fc.integer({ min: 2, max: 300 }) }, { requiredKeys: [] }),
    fc.record({ format: fc.constantFrom('email', 'url', 'uuid') }),
    fc.record({ pattern: fc.constantFrom('^[a-z]+$', "it's", '\\d{3}', '\\p{L}#') }),
    fc.record({ enum: fc.uniqueArray(text, { minLength: 1, maxLength: 4 }) }),
  )
}

function numberValidation(number: fc.Arbitrary<number>): fc.Arbitrary<FieldValidation> {
  const range = fc
    .tuple(number, number)
    .map(([a, b]): FieldValidation => ({ min: Math.min(a, b), max: Math.max(a, b) }))
  const values = fc.uniqueArray(number, { minLength: 1, maxLength: 3 }).map((list): FieldValidation => ({ enum: list }))
  return fc.oneof(fc.constant({}), range, values)
}

function dateValidation(): fc.Arbitrary<FieldValidation> {
  const range = fc.tuple(day, day).map(([a, b]): FieldValidation => (a < b ? { min: a, max: b } : { min: b, max: a }))
  return fc.oneof(fc.constant({}), range)
}

function literal(type: FieldType, rules: FieldValidation): fc.Arbitrary<JsonValue> | undefined {
  if (rules.enum) return fc.constantFrom(...rules.enum)
  switch (type) {
    case 'string':
    case 'text':
      return Object.keys(rules).length === 0 ? text : undefined
    case 'int':
    case 'float': {
      const free = type === 'int' ? safeInteger : finite
      return rules.min === undefined ? free : fc.constantFrom(rules.min, rules.max ?? rules.min)
    }
    case 'bool':
      return fc.boolean()
    case 'uuid':
      return fc.uuid()
    case 'timestamp':
      return fc
        .date({ min: new Date('1000-01-01'), max: new Date('9999-01-01'), noInvalidDate: true })
        .map((date) => date.toISOString())
    case 'date':
      return rules.min === undefined ? day : fc.constantFrom(rules.min, rules.max ?? rules.min)
    case 'json':
      return json
    case 'blob':
      return fc.uint8Array({ maxLength: 6 }).map((bytes) => btoa(String.fromCharCode(...bytes)))
  }
}

function defaultOf(type: FieldType, rules: FieldValidation): fc.Arbitrary<Default | undefined> {
  const value = literal(type, rules)
  return fc.oneof(
    fc.constant(undefined),
    value ? value.map((v): Default => ({ kind: 'literal', value: v })) : fc.constant(undefined),
    type === 'timestamp' ? fc.constant<Default>({ kind: 'now' }) : fc.constant(undefined),
    type === 'date' ? fc.constant<Default>({ kind: 'today' }) : fc.constant(undefined),
    type === 'uuid' ? fc.constant<Default>({ kind: 'auth.id' }) : fc.constant(undefined),
  )
}

const OWN_TYPE: OwnType = { name: 'iban', base: 'string', validate: 'is_iban' }

interface FieldContext {
  readonly enums: readonly EnumType[]
  /** What the field may refer to. */
  readonly targets: readonly { readonly collection: string; readonly field: Field }[]
}

/** A field that is not the primary key. */
export function arbitraryField(fieldName: string, context: FieldContext): fc.Arbitrary<Field> {
  const type = fc.constantFrom<FieldType>(
    'uuid',
    'string',
    'text',
    'int',
    'float',
    'bool',
    'timestamp',
    'date',
    'json',
    'blob',
  )
  const plain = type.chain((t) => validation[t].chain((rules) => assemble(fieldName, t, rules)))
  const ofEnum = context.enums.map((e) =>
    assemble(fieldName, 'string', { enum: e.values }).map((f) => ({ ...f, enumName: e.name })),
  )
  const references = context.targets.map(({ collection, field }) =>
    fc
      .tuple(assemble(fieldName, field.type, {}), fc.constantFrom('cascade', 'set null', 'restrict'))
      .map(([f, onDelete]): Field => {
        const { default: _, ...rest } = f
        return {
          ...rest,
          nullable: f.nullable || onDelete === 'set null',
          references: { collection, field: field.name, onDelete },
        }
      }),
  )
  const ofOwnType = assemble(fieldName, OWN_TYPE.base, {}).map((f) => ({ ...f, ownType: OWN_TYPE }))
  return fc.oneof({ weight: 4, arbitrary: plain }, ofOwnType, ...ofEnum, ...references)
}

function assemble(fieldName: string, type: FieldType, rules: FieldValidation): fc.Arbitrary<Field> {
  const isJson = type === 'json'
  return fc
    .record({
      unique: isJson ? fc.constant(false) : weighted(8),
      index: isJson ? fc.constant(false) : weighted(4),
      nullable: fc.boolean(),
      internal: weighted(6),
      fallback: defaultOf(type, rules),
      onUpdateNow: type === 'timestamp' ? fc.boolean() : fc.constant(false),
      description: fc.option(text, { nil: undefined, freq: 5 }),
      isRenamed: weighted(8),
      read: fc.option(expression, { nil: undefined, freq: 6 }),
      write: fc.option(expression, { nil: undefined, freq: 6 }),
      schema: isJson
        ? fc.constantFrom<(JsonValue | undefined)[]>(undefined, { type: 'array', items: { type: 'string' } })
        : fc.constant(undefined),
    })
    .map(({ fallback, description, isRenamed, read, write, schema, ...flags }): Field => {
      const stamped: Default | undefined = flags.onUpdateNow && !flags.nullable ? { kind: 'now' } : undefined
      const value = fallback ?? stamped
      return {
        name: fieldName,
        column: fieldName,
        type,
        primary: false,
        ...flags,
        ...(value && { default: value }),
        ...(description !== undefined && { description }),
        ...(isRenamed && { clientName: `in_clients_${fieldName}` }),
        ...(schema !== undefined && { jsonSchema: schema }),
        ...(read && { read }),
        ...(write && { write }),
        validation: rules,
        position: START,
      }
    })
}

function weighted(oneIn: number): fc.Arbitrary<boolean> {
  return fc.nat(oneIn - 1).map((n) => n === 0)
}

const key: fc.Arbitrary<Field> = fc
  .constantFrom<[FieldType, boolean][]>(
    ['uuid', true],
    ['uuid', false],
    ['int', true],
    ['int', false],
    ['string', false],
  )
  .map(([type, auto]) => ({
    ...{ name: 'id', column: 'id', type, primary: true, unique: false, index: false, nullable: false, internal: false },
    ...(auto && { default: { kind: 'auto' } as const }),
    onUpdateNow: false,
    validation: {},
    position: START,
  }))

const policy = (policyName: string): fc.Arbitrary<Policy> =>
  fc
    .record({
      on: fc.uniqueArray(fc.constantFrom(...OPERATIONS), { minLength: 1 }),
      effect: fc.constantFrom('permit', 'restrict'),
      using: expression,
    })
    .map((rest) => ({ name: policyName, ...rest, position: START }))

/** A collection; its indexes are called after it, so that they share no name with others. */
export function arbitraryCollection(
  collectionName: string,
  context: FieldContext,
  builtIn: readonly Field[] = [],
): fc.Arbitrary<Collection> {
  const own = fc
    .uniqueArray(name, { maxLength: 5 })
    .map((names) => names.filter((n) => n !== 'id' && !builtIn.some((f) => f.name === n)))
  const isUsers = builtIn.length > 0
  const fields = own
    .chain((names) => fc.tuple(...names.map((n) => arbitraryField(n, context))))
    .map((all) => (isUsers ? all.map(withoutCallerDefault) : all))
  const first: fc.Arbitrary<readonly Field[]> = isUsers ? fc.constant(builtIn) : key.map((field) => [field])
  return fc
    .record({
      first,
      fields,
      description: fc.option(text, { nil: undefined, freq: 3 }),
      isSingular: weighted(4),
      isRenamed: weighted(6),
      audit: weighted(5),
      rules: fc.record(
        { create: expression, read: expression, update: expression, delete: expression },
        { requiredKeys: [] },
      ),
      policies: fc.oneof(fc.constant([]), fc.tuple(policy('p_one'), policy('p_two'))),
      picks: fc.array(fc.record({ at: fc.nat(20), desc: fc.boolean(), unique: weighted(4), two: fc.boolean() }), {
        maxLength: 2,
      }),
    })
    .map(({ first: start, fields: rest, picks, description, isSingular, isRenamed, ...others }) => {
      const all = [...start, ...rest]
      return withKey({
        name: collectionName,
        table: collectionName,
        // Longer than any name of a collection, so that it is none of another one.
        ...(isSingular && { singular: `one_of_${collectionName}` }),
        ...(isRenamed && { clientName: `all_of_${collectionName}` }),
        ...(description !== undefined && { description }),
        ...others,
        fields: new Map(all.map((field) => [field.name, field])),
        indexes: picks.map((pick, i) => makeIndex(`x${i}_${collectionName}`, all, pick)),
      })
    })
}

/** Fields of `users` cannot have it. */
function withoutCallerDefault(field: Field): Field {
  const { default: fallback, ...rest } = field
  return fallback?.kind === 'auth.id' ? rest : field
}

function makeIndex(
  indexName: string,
  fields: readonly Field[],
  pick: { at: number; desc: boolean; unique: boolean; two: boolean },
): Index {
  const candidates = fields.filter((field) => field.type !== 'json').map((field) => field.name)
  const one = candidates[pick.at % candidates.length] ?? 'id'
  const other = candidates[(pick.at + 1) % candidates.length] ?? 'id'
  const names = pick.two && other !== one ? [one, other] : [one]
  return { name: indexName, fields: names, order: pick.desc ? 'desc' : 'asc', unique: pick.unique, position: START }
}

function withKey(collection: Omit<Collection, 'primaryKey' | 'position'>): Collection {
  const primaryKey = [...collection.fields.values()].find((field) => field.primary)
  if (!primaryKey) throw new Error('a collection without a key')
  return { ...collection, primaryKey, position: START }
}

const enums = fc
  .uniqueArray(
    fc.tuple(
      fc.stringMatching(/^t[a-z]{2,4}$/),
      fc.uniqueArray(
        text.filter((v) => v !== ''),
        { minLength: 1, maxLength: 3 },
      ),
    ),
    { maxLength: 2, selector: ([n]) => n },
  )
  .map((list) => list.filter(([n]) => n !== 'text').map(([n, values]): EnumType => ({ name: n, values })))

const definitions: fc.Arbitrary<readonly Definition[]> = fc.uniqueArray(
  fc.record({
    name: fc.stringMatching(/^is_[a-z]{1,4}$/),
    parameters: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { maxLength: 2 }),
    body: expression,
    position: fc.constant(START),
  }),
  { maxLength: 2, selector: (definition) => definition.name },
)

/** A whole schema: users, and up to three collections that may refer to it, to earlier ones, and to themselves. */
export const arbitrarySchema: fc.Arbitrary<Schema> = fc
  .tuple(
    enums,
    fc.uniqueArray(
      name.filter((n) => n !== 'users'),
      { maxLength: 3 },
    ),
  )
  .chain(([types, names]) => fc.record({ types: fc.constant(types), list: collections(types, names), definitions }))
  .map(({ types, list, definitions }) => ({
    version: 1,
    enums: new Map(types.map((type) => [type.name, type])),
    ownTypes: new Map([[OWN_TYPE.name, OWN_TYPE]]),
    roles: new Map([['admin', { name: 'admin', inherits: [], permissions: ['*'] }]]),
    definitions: new Map(definitions.map((definition) => [definition.name, definition])),
    collections: new Map(list.map((collection) => [collection.name, collection])),
  }))

function collections(types: readonly EnumType[], names: readonly string[]): fc.Arbitrary<readonly Collection[]> {
  const users: fc.Arbitrary<readonly Collection[]> = arbitraryCollection(
    'users',
    { enums: types, targets: [] },
    USERS_FIELDS,
  ).map((c) => [c])
  return names.reduce<fc.Arbitrary<readonly Collection[]>>(
    (earlier, collectionName) =>
      earlier.chain((list) => {
        const targets = list.map((c) => ({ collection: c.name, field: c.primaryKey }))
        return arbitraryCollection(collectionName, { enums: types, targets }).map((c) => [...list, c])
      }),
    users,
  )
}
