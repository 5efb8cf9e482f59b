import { parseSchema, type Schema } from '@koyalite/schema'
import fc from 'fast-check'

/** A schema that a walk changes, edit by edit, as its author would. */
export type WalkModel = ReadonlyMap<string, WalkCollection>

interface WalkCollection {
  readonly table?: string
  readonly fields: ReadonlyMap<string, WalkField>
  readonly indexes: ReadonlyMap<string, { readonly fields: readonly string[]; readonly unique: boolean }>
}

interface WalkField {
  /** One of DEFINITIONS. */
  readonly as: number
  readonly column?: string
  /** What a reference refers to. */
  readonly target?: string
}

type Value = string | number | null | Uint8Array

/** What a field may be, and its value in the nth document. */
const DEFINITIONS: readonly (readonly [definition: string, value: (n: number) => Value])[] = [
  ['type: string', (n) => `s${n}`],
  ['type: string', (n) => String(n)],
  ['type: string, nullable: true', (n) => (n % 3 === 0 ? null : `s${n}`)],
  ['type: string, unique: true', (n) => `s${n}`],
  ['type: string, maxLength: 2, index: true', (n) => `s${n % 10}`],
  ['type: string, pattern: "^s"', (n) => `s${n}`],
  ['type: string, enum: [s0, s1, s2]', (n) => `s${n % 3}`],
  ['type: mood, default: s1', (n) => `s${n % 2}`],
  ['type: text, default: none', (n) => `s${n}`],
  ['type: int', (n) => n],
  ['type: int, nullable: true, index: true', (n) => (n % 2 === 0 ? null : n)],
  ['type: int, max: 5, default: 1', (n) => n % 6],
  ['type: float, nullable: true', (n) => n / 2],
  ['type: bool, default: false', (n) => n % 2],
  ['type: timestamp, default: now', (n) => new Date(n * 1000).toISOString()],
  ['type: json, nullable: true', (n) => JSON.stringify({ n })],
  ['type: json, nullable: true, schema: { type: object, required: [n] }', (n) => JSON.stringify({ n })],
  ['type: blob, nullable: true', (n) => new Uint8Array([n])],
  ['type: uuid, nullable: true', (n) => `0190163d-8694-739b-aea5-${String(n).padStart(12, '0')}`],
  ['type: int, references: TARGET.id, nullable: true, onDelete: set null', (n) => (n % 2 === 0 ? null : 1)],
  ['type: int, references: TARGET.id, onDelete: cascade, index: true', () => 1],
]

export const FIRST_MODEL: WalkModel = new Map([['a', { fields: new Map([['x', { as: 0 }]]), indexes: new Map() }]])

const collection = fc.constantFrom('a', 'b', 'c')
const field = fc.constantFrom('x', 'y', 'z', 'w')
const name = fc.constantFrom('i', 'j')
const kind = <K extends string>(name: K) => ({ kind: fc.constant(name), in: collection })

export const anyEdit = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ ...kind('set'), field, as: fc.nat(DEFINITIONS.length - 1), target: collection }),
  },
  { weight: 2, arbitrary: fc.record({ ...kind('rename'), field, to: field }) },
  { weight: 1, arbitrary: fc.record({ ...kind('drop'), field }) },
  { weight: 1, arbitrary: fc.record(kind('remove')) },
  { weight: 1, arbitrary: fc.record({ ...kind('rename_collection'), to: collection }) },
  { weight: 1, arbitrary: fc.record({ ...kind('table'), table: fc.option(fc.constantFrom('Table 1', 't2', 'a')) }) },
  {
    weight: 1,
    arbitrary: fc.record({ ...kind('column'), field, column: fc.option(fc.constantFrom('Col 1', 'c2', 'x')) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      ...kind('index'),
      name,
      fields: fc.uniqueArray(field, { minLength: 1, maxLength: 2 }),
      unique: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ ...kind('drop_index'), name }) },
)
export type WalkEdit = typeof anyEdit extends fc.Arbitrary<infer E> ? E : never

/** The schema after an edit; the same where there is nothing to edit. What refers to something that is gone goes with it. */
export function editModel(model: WalkModel, change: WalkEdit): WalkModel {
  const before = model.get(change.in)
  const put = (next: Partial<WalkCollection>, key = change.in): WalkModel => {
    const empty: WalkCollection = { fields: new Map(), indexes: new Map() }
    const entries = model.has(key) ? [...model] : [...model, [key, empty] as const]
    return new Map(entries.map(([at, old]) => [at, at === key ? { ...old, ...next } : old]))
  }
  if (change.kind === 'set') {
    const isReference = DEFINITIONS[change.as]?.[0].includes('TARGET')
    if (isReference && !model.has(change.target)) return model
    const old = before?.fields.get(change.field)
    const next: WalkField = { ...old, as: change.as, ...(isReference && { target: change.target }) }
    return put({ fields: new Map([...(before?.fields ?? []), [change.field, next]]) })
  }
  if (!before) return model
  switch (change.kind) {
    case 'remove':
      return change.in === 'a' ? model : withoutReferences(model, change.in)
    case 'rename_collection':
      return model.has(change.to) ? model : renameInModel(model, change.in, change.to)
    case 'rename': {
      if (!before.fields.has(change.field) || before.fields.has(change.to)) return model
      const rename = (old: string) => (old === change.field ? change.to : old)
      return put({
        fields: new Map([...before.fields].map(([at, old]) => [rename(at), old])),
        indexes: new Map(
          [...before.indexes].map(([at, index]) => [at, { ...index, fields: index.fields.map(rename) }]),
        ),
      })
    }
    case 'drop':
      return put({
        fields: new Map([...before.fields].filter(([at]) => at !== change.field)),
        indexes: new Map([...before.indexes].filter(([, { fields }]) => !fields.includes(change.field))),
      })
    case 'table': {
      const { table: _, ...rest } = before
      return new Map(
        [...model].map(([at, old]) => [
          at,
          at === change.in ? { ...rest, ...(change.table !== null && { table: change.table }) } : old,
        ]),
      )
    }
    case 'column': {
      const old = before.fields.get(change.field)
      if (!old) return model
      const { column: _, ...rest } = old
      const next = { ...rest, ...(change.column !== null && { column: change.column }) }
      return put({ fields: new Map([...before.fields].map(([at, other]) => [at, at === change.field ? next : other])) })
    }
    case 'index': {
      if (!change.fields.every((at) => before.fields.has(at))) return model
      const index = { fields: change.fields, unique: change.unique }
      return put({ indexes: new Map([...before.indexes, [change.name, index]]) })
    }
    case 'drop_index':
      return put({ indexes: new Map([...before.indexes].filter(([at]) => at !== change.name)) })
  }
}

/** Its schema; null where it cannot be one (two fields of one column, a unique json field, …). */
export function schemaOfModel(model: WalkModel): Schema | null {
  const collections = [...model].map(([at, { table, fields, indexes }]) => {
    const lines = [...fields].map(([key, { as, column, target }]) => {
      const definition = DEFINITIONS[as]?.[0].replace('TARGET', target ?? 'a')
      return `      ${key}: { ${definition}${column === undefined ? '' : `, column: "${column}"`} }\n`
    })
    const list = [...indexes].map(
      ([key, index]) => `{ name: ${at}_${key}, fields: [${index.fields.join(', ')}], unique: ${index.unique} }`,
    )
    return [
      `  ${at}:\n${table === undefined ? '' : `    table: "${table}"\n`}`,
      `    fields:\n      id: { type: int, primary: true, default: auto }\n${lines.join('')}`,
      `    indexes: [${list.join(', ')}]\n`,
    ].join('')
  })
  const text = `version: 1\ntypes: { mood: { enum: [s0, s1] } }\ncollections:\n${collections.join('')}`
  const parsed = parseSchema(text, { file: 'schema.yaml' })
  return parsed.ok ? parsed.schema : null
}

/** The values of the nth document of a collection, by field. */
export function documentOf(model: WalkModel, name: string, n: number): readonly (readonly [string, Value])[] {
  return [...(model.get(name)?.fields ?? [])].map(([key, { as }]) => [key, DEFINITIONS[as]?.[1](n) ?? null] as const)
}

function withoutReferences(model: WalkModel, gone: string): WalkModel {
  const rest = [...model].filter(([at]) => at !== gone)
  return new Map(
    rest.map(([at, old]) => {
      const lost = new Set([...old.fields].flatMap(([key, { target }]) => (target === gone ? [key] : [])))
      return [
        at,
        {
          ...old,
          fields: new Map([...old.fields].filter(([key]) => !lost.has(key))),
          indexes: new Map([...old.indexes].filter(([, { fields }]) => !fields.some((key) => lost.has(key)))),
        },
      ]
    }),
  )
}

function renameInModel(model: WalkModel, from: string, to: string): WalkModel {
  return new Map(
    [...model].map(([at, old]) => {
      const fields = [...old.fields].map(([key, value]): [string, WalkField] => {
        return [key, value.target === from ? { ...value, target: to } : value]
      })
      return [at === from ? to : at, { ...old, fields: new Map(fields) }]
    }),
  )
}
