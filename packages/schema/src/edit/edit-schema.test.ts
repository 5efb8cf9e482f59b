import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { parseSchema } from '../parse-schema'
import { editSchema } from './edit-schema'
import type { SchemaEdit } from './schema-edit'

const SCHEMA = `# A shop.
version: 1   # the only one

types:
  # What becomes of an order.
  status: { enum: [open, paid, gone] }   # in this order
  size:
    enum:
      - small   # s
      - large

collections:
  customers:
    # Who buys.
    fields:
      id:    { type: uuid, primary: true, default: auto }
      name:  { type: string, minLength: 1 }   # as on the letter
      email: { type: string, unique: true, validate: { format: email, maxLength: 200 } }

      # How they are addressed
      title:
        type: string
        nullable: true   # not everybody has one
        description: >-
          Of the kind
          that stands before names

  orders:
    fields:
      id:          { type: uuid, primary: true, default: auto }
      customer_id: { type: uuid, references: customers.id, onDelete: cascade }
      status:      { type: status, default: open }
      size:        { type: size, nullable: true }
      total:       { type: float, default: 0 }
    indexes:
      - { name: by_status, fields: [status, total], order: desc }   # newest first
      - name: by_customer
        fields:
          - customer_id   # and nothing else
    rules:
      read: "doc.status == 'paid'"   # the rest is private
      # Nobody deletes.
`

const keep = { renameInRules: () => [] }
const edit = (edits: readonly SchemaEdit[], text = SCHEMA) => editSchema(text, edits, keep).text

/** The lines that differ, as a diff has them. */
function changes(edits: readonly SchemaEdit[]): readonly string[] {
  const [old, now] = [SCHEMA.split('\n'), edit(edits).split('\n')]
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `-${line.trim()}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+${line.trim()}`),
  ]
}

describe('an edit changes its own lines alone', () => {
  const cases: readonly (readonly [string, SchemaEdit, readonly string[]])[] = [
    [
      'a field stands in the column of its neighbours',
      { type: 'add_field', collection: 'orders', field: 'note', value: { type: 'text', nullable: true } },
      ['+note:        { type: text, nullable: true }'],
    ],
    [
      'a field before another',
      { type: 'add_field', collection: 'customers', field: 'city', value: { type: 'string' }, before: 'email' },
      ['+city:  { type: string }'],
    ],
    [
      'an option of a field in a line',
      { type: 'set_field', collection: 'customers', field: 'name', options: { maxLength: 80, minLength: null } },
      [
        '-name:  { type: string, minLength: 1 }   # as on the letter',
        '+name:  { type: string, maxLength: 80 }   # as on the letter',
      ],
    ],
    [
      'an option of a field in lines',
      { type: 'set_field', collection: 'customers', field: 'title', options: { nullable: null, unique: true } },
      ['-nullable: true   # not everybody has one', '+unique: true'],
    ],
    [
      'validation where it stands',
      { type: 'set_field', collection: 'customers', field: 'email', options: { maxLength: 100 } },
      [
        '-email: { type: string, unique: true, validate: { format: email, maxLength: 200 } }',
        '+email: { type: string, unique: true, validate: { format: email, maxLength: 100 } }',
      ],
    ],
    [
      'validation that is left with nothing',
      { type: 'set_field', collection: 'customers', field: 'email', options: { maxLength: null, format: null } },
      [
        '-email: { type: string, unique: true, validate: { format: email, maxLength: 200 } }',
        '+email: { type: string, unique: true }',
      ],
    ],
    [
      'a renamed collection, and what refers to it',
      { type: 'rename_collection', from: 'customers', to: 'buyers' },
      [
        '-customers:',
        '-customer_id: { type: uuid, references: customers.id, onDelete: cascade }',
        '+buyers:',
        '+customer_id: { type: uuid, references: buyers.id, onDelete: cascade }',
      ],
    ],
    [
      'a renamed field, and its indexes',
      { type: 'rename_field', collection: 'orders', from: 'customer_id', to: 'buyer_id' },
      [
        '-customer_id: { type: uuid, references: customers.id, onDelete: cascade }',
        '-- customer_id   # and nothing else',
        '+buyer_id:    { type: uuid, references: customers.id, onDelete: cascade }',
        '+- buyer_id   # and nothing else',
      ],
    ],
    [
      'a dropped field takes its indexes along',
      { type: 'drop_field', collection: 'orders', field: 'total' },
      [
        '-total:       { type: float, default: 0 }',
        '-- { name: by_status, fields: [status, total], order: desc }   # newest first',
      ],
    ],
    [
      'a renamed value of an enum, and the default',
      { type: 'rename_value', enum: 'status', from: 'open', to: 'to pay' },
      [
        '-status: { enum: [open, paid, gone] }   # in this order',
        '-status:      { type: status, default: open }',
        '+status: { enum: [to pay, paid, gone] }   # in this order',
        '+status:      { type: status, default: to pay }',
      ],
    ],
    [
      'a value of an enum in lines',
      { type: 'add_value', enum: 'size', value: 'medium', before: 'large' },
      ['+- medium'],
    ],
    [
      'the first index of a collection',
      { type: 'set_index', collection: 'customers', index: 'by_name', value: { name: 'by_name', fields: ['name'] } },
      // `indexes:` itself is a line of the other collection too.
      ['+- { name: by_name, fields: [name] }'],
    ],
    [
      'an index that is there already',
      { type: 'set_index', collection: 'orders', index: 'by_status', value: { name: 'by_status', fields: ['total'] } },
      [
        '-- { name: by_status, fields: [status, total], order: desc }   # newest first',
        '+- { name: by_status, fields: [total] }   # newest first',
      ],
    ],
    [
      'the only rule that is taken out',
      { type: 'set_rule', collection: 'orders', operation: 'read', rule: null },
      ['-rules:', `-read: "doc.status == 'paid'"   # the rest is private`],
    ],
    [
      'a rule keeps its comment',
      { type: 'set_rule', collection: 'orders', operation: 'read', rule: 'true' },
      [`-read: "doc.status == 'paid'"   # the rest is private`, '+read: "true"   # the rest is private'],
    ],
  ]
  test.each(cases)('%s', (_name, one, expected) => {
    expect(changes([one])).toEqual(expected)
  })
})

test('a field of the built-in users can be added to a file that does not mention them', () => {
  const added: SchemaEdit = { type: 'add_field', collection: 'users', field: 'name', value: { type: 'string' } }
  const text = edit([added], 'version: 1\ncollections:\n')
  expect(text).toBe('version: 1\ncollections:\n  users:\n    fields:\n      name: { type: string }\n')
  expect(parseSchema(text, { file: 'schema.yaml' }).ok).toBe(true)
})

test('what is not there, or already is, is refused and names the edit', () => {
  const known: SchemaEdit = { type: 'add_field', collection: 'orders', field: 'note', value: { type: 'text' } }
  expect(() => edit([known, known])).toThrow("there already is a field 'note' in orders")
  expect(() => edit([{ type: 'drop_field', collection: 'orders', field: 'x' }])).toThrow(
    "there is no fields 'x' in orders in schema.yaml",
  )
  expect(() => edit([known], 'version: 1\ncollections: [')).toThrow('schema.yaml must be fixed first: line 2')
  expect(() => edit([known], 'collections:\n  orders: &o\n    fields: { id: { type: uuid } }\n  x: *o\n')).toThrow(
    'alias',
  )
})

describe('values that a field lists itself', () => {
  const listed = SCHEMA.replace(
    'total:       { type: float, default: 0 }',
    'total:       { type: float, default: 0 }\n      kind:        { type: string, default: old, validate: { enum: [old, new] } }   # of goods\n      stars:       { type: int, enum: [1, 2, 3], default: 3 }',
  )
  const kind = { collection: 'orders', field: 'kind' } as const
  const stars = { collection: 'orders', field: 'stars' } as const

  test('get other names, in the default too, wherever they are listed', () => {
    const renamed = editSchema(listed, [{ type: 'rename_field_value', ...kind, from: 'old', to: 'used' }], keep)
    expect(renamed.text).toContain('{ type: string, default: used, validate: { enum: [used, new] } }   # of goods')
    expect(renamed.rewritten).toEqual(['collections.orders.fields.kind.default'])
    expect(renamed.intents).toEqual([{ kind: 'replace_value', ...kind, from: 'old', to: 'used' }])
    expect(edit([{ type: 'rename_field_value', ...stars, from: 3, to: 5 }], listed)).toContain(
      '{ type: int, enum: [1, 2, 5], default: 5 }',
    )
  })

  test('go, and documents get what is there instead', () => {
    const removed = editSchema(listed, [{ type: 'remove_field_value', ...stars, value: 3, replacement: 2 }], keep)
    expect(removed.text).toContain('{ type: int, enum: [1, 2], default: 2 }')
    expect(removed.intents).toEqual([{ kind: 'replace_value', ...stars, from: 3, to: 2 }])
    expect(
      editSchema(listed, [{ type: 'remove_field_value', ...kind, value: 'new', replacement: null }], keep).intents,
    ).toEqual([])
  })

  test('rules follow a new name, as they follow those of types', () => {
    const asked: unknown[] = []
    const renameInRules = (_: unknown, rename: unknown) => {
      asked.push(rename)
      return []
    }
    const renames: readonly SchemaEdit[] = [
      { type: 'rename_field_value', ...kind, from: 'old', to: 'used' },
      { type: 'rename_field_value', ...stars, from: 3, to: 4 },
    ]
    editSchema(listed, renames, { renameInRules })
    expect(asked).toEqual([{ kind: 'value', fields: new Set(['orders.kind']), from: 'old', to: 'used' }])
  })

  test('are there, and not there yet', () => {
    const problem = (one: SchemaEdit) => () => edit([one], listed)
    const rename = { type: 'rename_field_value', ...kind } as const
    expect(problem({ ...rename, from: 'old', to: 'new' })).toThrow("there already is a value 'new' in orders.kind")
    expect(problem({ ...rename, from: 'x', to: 'y' })).toThrow("there is no value 'x' in orders.kind")
    expect(problem({ ...rename, field: 'status', from: 'open', to: 'y' })).toThrow(
      'there are no values of orders.status in schema.yaml',
    )
    const remove = { type: 'remove_field_value', ...kind, value: 'old' } as const
    expect(problem({ ...remove, replacement: 'x' })).toThrow("there is no value 'x' in orders.kind")
  })
})

test('intents say what the difference of two files does not', () => {
  const { intents } = editSchema(
    SCHEMA,
    [
      { type: 'rename_collection', from: 'orders', to: 'sales' },
      { type: 'rename_field', collection: 'sales', from: 'total', to: 'sum' },
      { type: 'remove_value', enum: 'status', value: 'gone', replacement: 'paid' },
    ],
    keep,
  )
  expect(intents).toEqual([
    { kind: 'rename_collection', from: 'orders', to: 'sales' },
    { kind: 'rename_field', collection: 'sales', from: 'total', to: 'sum' },
    { kind: 'replace_value', collection: 'sales', field: 'status', from: 'gone', to: 'paid' },
  ])
})

const collections = ['customers', 'orders'] as const
const FIELDS = {
  customers: ['id', 'name', 'email', 'title'],
  orders: ['id', 'customer_id', 'status', 'size', 'total'],
} as const
const place = fc.constantFrom(...collections).chain((collection) =>
  fc.record({
    collection: fc.constant(collection),
    field: fc.constantFrom(...FIELDS[collection]),
    other: fc.constantFrom(...FIELDS[collection]),
  }),
)
/** Comments wherever they may be: above lines and behind them; blank lines, and line ends of Windows. */
const written = fc
  .record({
    above: fc.array(fc.nat(60), { maxLength: 6 }),
    blank: fc.array(fc.nat(60), { maxLength: 3 }),
    isWindows: fc.boolean(),
  })
  .map(({ above, blank, isWindows }) => {
    const lines = SCHEMA.split('\n').flatMap((line, i) => {
      const indent = /^ */.exec(line)?.[0] ?? ''
      // Within a folded text, '#' is no comment.
      if (/Of the kind|that stands/.test(line)) return [line]
      return [...(blank.includes(i) ? [''] : []), ...(above.includes(i) ? [`${indent}# note ${i}`] : []), line]
    })
    return lines.join(isWindows ? '\r\n' : '\n')
  })

const commentsOf = (text: string) => (text.match(/#.*$/gm) ?? []).map((one) => one.trim()).sort()

test('adding and taking out again leaves the file as it was, byte for byte', () => {
  fc.assert(
    fc.property(written, place, (text, { collection, field: before }) => {
      const field = 'new_one'
      const added = edit([{ type: 'add_field', collection, field, value: { type: 'string' }, before }], text)
      expect(commentsOf(added)).toEqual(commentsOf(text))
      expect(edit([{ type: 'drop_field', collection, field }], added)).toBe(text)
    }),
    { numRuns: 25 },
  )
})

test('renaming and back leaves the file as it was, byte for byte', () => {
  fc.assert(
    fc.property(written, place, fc.stringMatching(/^[a-z][a-z_]{0,3}x$/), (text, { collection, field }, to) => {
      const renamed = edit([{ type: 'rename_field', collection, from: field, to }], text)
      expect(commentsOf(renamed)).toEqual(commentsOf(text))
      const back = edit([{ type: 'rename_field', collection, from: to, to: field }], renamed)
      // A long name needs the room that its value then keeps.
      if (to.length <= field.length) expect(back).toBe(text)
      expect(parseSchema(back, { file: '' }).ok).toBe(true)
    }),
    { numRuns: 25 },
  )
})

test('moving keeps every comment and every field', () => {
  fc.assert(
    fc.property(written, place, (text, { collection, field, other }) => {
      const moved = edit([{ type: 'move_field', collection, field, before: other }], text)
      expect(commentsOf(moved)).toEqual(commentsOf(text))
      const [before, after] = [text, moved].map((one) => one.split(/\r?\n/).sort())
      expect(after).toEqual(before)
    }),
    { numRuns: 25 },
  )
})
