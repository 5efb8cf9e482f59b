import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { parseSchema } from './parse-schema'
import { formatProblem } from './problems'
import { EVERYTHING } from './testing/example-schemas'

function problems(text: string): readonly string[] {
  const result = parseSchema(text, { file: 's' })
  return result.ok ? [] : result.problems.map(formatProblem)
}

/** The problems of one collection `posts` whose fields, beside the key, are these lines. */
function fieldProblems(...lines: readonly string[]): readonly string[] {
  const key = 'id: { type: uuid, primary: true, default: auto }'
  return problems(
    ['version: 1', 'collections:', '  posts:', '    fields:', ...[key, ...lines].map((l) => `      ${l}`)].join('\n'),
  )
}

describe('problems', () => {
  test('of a file come all at once, with line, column and the nearest right word', () => {
    const text = `version: 1
colections: {}
types:
  status: { enum: [a, a] }
collections:
  posts:
    rulez: {}
    fields:
      id: { type: uuid, primary: true, default: auto }
      title: { type: strng }
      kind: { type: statu }
      author_id: { type: uuid, references: user.id }
      Name: { type: string, requird: true }
    rules: { creat: "true", read: 3 }
`
    expect(problems(text)).toEqual([
      "s:2:1 unknown key 'colections' in the schema (did you mean 'collections'?)",
      "s:4:23 'a' is listed twice in type 'status'",
      "s:7:5 unknown key 'rulez' in collection 'posts' (did you mean 'rules'?)",
      "s:10:22 unknown type 'strng' (did you mean 'string'?)",
      "s:11:21 unknown type 'statu' (did you mean 'status'?)",
      "s:12:44 unknown collection 'user' (did you mean 'users'?)",
      "s:13:7 field name 'Name' is not allowed: use lower-case letters, digits and '_', at most 63 characters, starting with a letter (for example 'name')",
      expect.stringMatching(/^s:13:29 unknown key 'requird' in field 'Name'/),
      "s:14:14 unknown key 'creat' in 'rules' (did you mean 'create'?)",
      "s:14:35 'read' must be an expression in quotes, not 3",
    ])
  })

  const cases: readonly (readonly [line: string, problem: string])[] = [
    ['x: string', "6:10 field 'x' must be a map of options: { type: string }"],
    ['x: {}', "6:7 field 'x' has no type"],
    ['x: { type: integer }', "6:18 unknown type 'integer' (did you mean 'int'?)"],
    ['x: { type: string, nullable: yes }', "6:36 'nullable' must be true or false, not 'yes'"],
    ['x: { type: string, type: text }', "6:26 'type' is given twice (first in line 6)"],
    ['x: { type: string, min: 1 }', "6:26 'min' does not apply to string fields (only to int, float, date)"],
    ['x: { type: int, min: 3, max: 2 }', '6:36 min 3 is more than max 2: no value could be valid'],
    [
      'x: { type: string, minLength: 3, maxLength: 2 }',
      '6:51 minLength 3 is more than maxLength 2: no value could be valid',
    ],
    ['x: { type: string, maxLength: -1 }', "6:37 'maxLength' must not be negative"],
    ['x: { type: int, min: 1.5 }', "6:28 'min' must be a whole number (at most 2^53−1), not 1.5"],
    [
      'x: { type: string, format: emial }',
      "6:34 'format' must be 'email', 'url' or 'uuid', not 'emial' (did you mean 'email'?)",
    ],
    [
      'x: { type: string, pattern: "(?=a)" }',
      "6:35 pattern '(?=a)' cannot be used: lookahead and lookbehind are not supported (patterns use RE2 syntax, matched in linear time)",
    ],
    [
      "x: { type: string, pattern: '(a)\\1' }",
      "6:35 pattern '(a)\\1' cannot be used: backreferences are not supported (patterns use RE2 syntax, matched in linear time)",
    ],
    ['x: { type: string, pattern: "[" }', "6:35 pattern '[' cannot be used: missing closing ]: `[`"],
    [
      'x: { type: string, maxLength: 2, validate: { maxLength: 3 } }',
      "6:52 'maxLength' is set to different values on the field (line 6) and under 'validate'",
    ],
    [
      'x: { type: string, enum: [a, 1] }',
      '6:36 the values of \'enum\' must be of type string, not 1 (write it in quotes: "1")',
    ],
    ['x: { type: int, default: abc }', "6:32 default 'abc' is not of type int"],
    ['x: { type: int, default: 9007199254740993 }', '6:32 default 9007199254740993 is not of type int'],
    ['x: { type: int, default: 4503599627370497.5 }', '6:32 default 4503599627370497.5 is not of type int'],
    [
      'x: { type: int, max: 1.0000000000000001 }',
      "6:28 'max' must be a whole number (at most 2^53−1), not 1.0000000000000001",
    ],
    ['x: { type: float, default: .inf }', '6:34 default .inf is not of type float'],
    ['x: { type: float, default: 1e400 }', '6:34 default 1e400 is not of type float'],
    [
      'x: { type: float, enum: [750727362669608961] }',
      "6:32 the values of 'enum' must be of type float, not 750727362669608961",
    ],
    ['x: { type: json, default: [1e400] }', '6:33 default a list contains values that JSON cannot hold'],
    [
      'x: { type: json, default: { a: 750727362669608961 } }',
      '6:33 default a map contains values that JSON cannot hold',
    ],
    [
      'x: { type: json, default: 0xFFFFFFFFFFFFFFFF }',
      '6:33 default 0xFFFFFFFFFFFFFFFF contains values that JSON cannot hold',
    ],
    ['x: { type: json, schema: { const: 750727362669608961 } }', "6:41 'const' has a number that JSON cannot hold"],
    ['x: { type: json, schema: { enum: [{ a: .nan }] } }', "6:40 'enum' has a number that JSON cannot hold"],
    [
      'x: { type: json, schema: { properties: { __proto__: true } } }',
      "6:48 'properties' cannot have the name '__proto__'",
    ],
    ['x: { type: string, default: auto }', "6:35 default 'auto' is for uuid and int primary keys only"],
    ['x: { type: string, default: now }', "6:35 default 'now' is for timestamp fields only, not string"],
    [
      'x: { type: uuid, default: auth.uid() }',
      "6:33 default 'auth.uid()' is not a uuid (for example '0190163d-8694-739b-aea5-966c26f8ad91', or auth.id)",
    ],
    [
      'x: { type: string, default: auth.id }',
      "6:35 default 'auth.id' is for uuid fields only, not string: ids of users are uuids",
    ],
    [
      'x: { type: date, default: now }',
      "6:33 default 'now' is for timestamp fields only, not date (did you mean 'today'?)",
    ],
    [
      'x: { type: date, default: 2026-02-30 }',
      "6:33 default '2026-02-30' is not a date (for example '2026-01-31', or today)",
    ],
    ['x: { type: date, min: 2026-01-01, default: 2025-12-31 }', "6:50 default '2025-12-31' is before 2026-01-01"],
    ['x: { type: date, min: 5 }', "6:29 'min' must be a date (for example 2026-01-31), not 5"],
    ['x: { type: date, max: today }', "6:29 'max' must be a date (for example 2026-01-31), not 'today'"],
    [
      'x: { type: date, min: 2026-01-02, max: 2026-01-01 }',
      '6:46 min 2026-01-02 is more than max 2026-01-01: no value could be valid',
    ],
    ['x: { type: date, onUpdate: now }', "6:24 'onUpdate: now' is for timestamp fields only, not date"],
    [
      'x: { type: timestamp, min: 2026-01-01 }',
      "6:29 'min' does not apply to timestamp fields (only to int, float, date)",
    ],
    ['x: { type: date, pattern: a }', "6:24 'pattern' does not apply to date fields (only to string, text)"],
    [
      'x: { type: timestamp, default: today }',
      "6:38 default 'today' is not a timestamp (for example '2026-01-31T12:00:00Z', or now)",
    ],
    ['x: { type: string, default: null }', "6:35 default null needs 'nullable: true'"],
    ['x: { type: string, maxLength: 2, default: abc }', "6:49 default 'abc' is longer than 2"],
    ['x: { type: string, enum: [a], default: b }', "6:46 default 'b' is not one of 'a'"],
    [
      'x: { type: timestamp, default: "2026-02-30" }',
      "6:38 default '2026-02-30' is not a timestamp (for example '2026-01-31T12:00:00Z', or now)",
    ],
    ['x: { type: string, onUpdate: now }', "6:26 'onUpdate: now' is for timestamp fields only, not string"],
    ['x: { type: timestamp, onUpdate: later }', "6:39 'onUpdate' must be 'now', not 'later'"],
    ['x: { type: uuid, onDelete: cascade }', "6:24 'onDelete' needs 'references'"],
    [
      'x: { type: uuid, references: users }',
      "6:36 'references' must be collection.field (for example users.id), not 'users'",
    ],
    ['x: { type: uuid, references: users.idd }', "6:36 unknown field 'users.idd' (did you mean 'id'?)"],
    [
      'x: { type: string, references: users.role }',
      "6:38 'users.role' cannot be referenced: it is neither the primary key nor unique",
    ],
    ['x: { type: string, references: users.id }', "6:18 'x' is string, but references 'users.id', which is uuid"],
    ['x: { type: uuid, references: users.id, onDelete: set null }', "6:56 'onDelete: set null' needs 'nullable: true'"],
    [
      'x: { type: uuid, references: users.id, onDelete: cascad }',
      "6:56 'onDelete' must be 'cascade', 'set null' or 'restrict', not 'cascad' (did you mean 'cascade'?)",
    ],
    ['x: { type: string, schema: { type: string } }', "6:26 'schema' is for json fields only, not string"],
    ['x: { type: json, schema: { typ: string } }', "6:34 unknown JSON Schema keyword 'typ' (did you mean 'type'?)"],
    ['x: { type: json, schema: { type: strin } }', "6:40 unknown JSON Schema type 'strin' (did you mean 'string'?)"],
    [
      'x: { type: json, schema: { items: { $ref: "http://example.com/x" } } }',
      "6:49 '$ref' must point into the same schema: '#/$defs/…'",
    ],
    ['x: { type: json, unique: true }', '6:32 a json field cannot be unique'],
    [
      'x: { type: int, primary: true }',
      "6:32 composite primary keys are not supported: give 'posts' a single key (id: { type: uuid, primary: true, default: auto }) and a unique index on [id, x]",
    ],
    [
      'constructor: { type: int }',
      "6:7 field name 'constructor' is not allowed: it conflicts with a property of JavaScript objects (use for example 'constructor_value')",
    ],
    [
      'prototype: { type: int }',
      "6:7 field name 'prototype' is not allowed: it conflicts with a property of JavaScript objects (use for example 'prototype_value')",
    ],
    [
      '__proto__: { type: int }',
      "6:7 field name '__proto__' is not allowed: it conflicts with a property of JavaScript objects (use for example 'proto_value')",
    ],
    ['_x: { type: int }', "6:7 field name '_x' is not allowed: names that start with '_' are reserved for the system"],
    ['x: { type: int, column: ID }', "6:31 fields 'id' and 'x' of 'posts' have the same column 'ID'"],
    ['x: { type: int, read: "" }', "6:29 'read' must be an expression, not empty (to deny everyone, remove it)"],
  ]
  for (const [line, problem] of cases) {
    test(`of the field ${line}`, () => expect(fieldProblems(line)).toEqual([`s:${problem}`]))
  }

  const files: readonly (readonly [name: string, text: string, problem: RegExp])[] = [
    ['an empty file', '', /^s:1:1 the file is empty/],
    ['only a comment', '# hello\n', /^s:1:1 the file is empty/],
    ['a list', '- a', /^s:1:1 the schema must be a map of keys and values, not a list/],
    ['no version', 'collections: {}', /^s:1:1 `version: 1` is missing/],
    ['another version', 'version: 2', /^s:1:10 'version' must be 1, not 2/],
    ['version as text', 'version: "1"', /^s:1:10 'version' must be 1, not '1'/],
    ['two documents', 'version: 1\n---\nversion: 1', /^s:2:1 only one document/],
    [
      'a field with required',
      'version: 1\ncollections: { posts: { fields: { id: { type: uuid, primary: true, required: true } } } }',
      /^s:2:\d+ unknown key 'required' in field 'id': a field is required unless it is nullable or has a default$/,
    ],
    ['bad YAML', 'version: 1\ncollections: [', /^s:2:\d+ not valid YAML/],
    ['an unknown tag', 'version: !int 1', /^s:1:10 not valid YAML: unresolved tag/],
    ['a merge key', 'version: 1\n<<: {}', /^s:2:1 merge keys/],
    ['an unknown alias', 'version: *x', /^s:1:10 /],
    ['an alias in itself', 'version: 1\ncollections: &a { b: *a }', /^s:2:22 alias '\*a' contains itself/],
    ['a bomb', bomb(), /too many values/],
    ['deep nesting', `version: ${'['.repeat(5000)}`, /nested too deeply|not valid YAML/],
    ['too large', `# ${'x'.repeat(2_000_001)}`, /too large/],
    [
      'no key',
      'version: 1\ncollections: { a: { fields: { x: { type: int } } } }',
      /^s:2:16 collection 'a' has no primary key: add id/,
    ],
    [
      'a singular that is no name',
      singular('a: { singular: Person, X }'),
      /^s:2:31 singular name 'Person' is not allowed/,
    ],
    ['a singular that is no text', singular('a: { singular: 1, X }'), /^s:2:31 'singular' must be text, not 1/],
    [
      'a singular that is a collection',
      singular('a: { singular: b, X }, b: { X }'),
      /^s:2:16 singular 'b' of 'a' is the name of a collection/,
    ],
    [
      'two with the same singular',
      singular('a: { singular: c, X }, b: { singular: c, X }'),
      /^s:2:\d+ collections 'a' and 'b' have the same singular 'c'/,
    ],
    [
      'a name in clients that is none',
      singular('a: { clients: { name: A }, X }'),
      /^s:2:38 client name 'A' is not allowed/,
    ],
    [
      'an unknown option for clients',
      singular('a: { clients: { names: b }, X }'),
      /^s:2:32 unknown key 'names' in 'clients' of collection 'a' \(did you mean 'name'\?\)/,
    ],
    [
      'a name in clients that is a collection',
      singular('a: { clients: { name: b }, X }, b: { X }'),
      /^s:2:16 the name 'b' of 'a' in clients is the name of a collection/,
    ],
    [
      'two with one name in clients',
      singular('a: { clients: { name: c }, X }, b: { clients: { name: c }, X }'),
      /^s:2:\d+ the name 'c' of 'b' in clients is that of 'a' too/,
    ],
    [
      'a field in clients with the name of another one',
      one('id: { type: uuid, primary: true }, a: { type: int, clients: { name: b } }, b: { type: int }'),
      /the name 'b' of '\w+\.a' in clients is the name of a field$/,
    ],
    [
      'two fields with one name in clients',
      one(
        'id: { type: uuid, primary: true }, a: { type: int, clients: { name: c } }, b: { type: int, clients: { name: c } }',
      ),
      /the name 'c' of '\w+\.b' in clients is that of 'a' too$/,
    ],
    [
      'a field in clients with the name of a relation',
      one(
        'id: { type: uuid, primary: true }, a: { type: int, clients: { name: author } }, author_id: { type: uuid, references: users.id }',
      ),
      /the name 'author' of '\w+\.a' in clients is that of a relation$/,
    ],
    ['no fields', 'version: 1\ncollections: { a: {} }', /^s:2:16 collection 'a' has no fields/],
    [
      'a key that cannot be one',
      one('id: { type: json, primary: true }'),
      /a primary key must be of type uuid, string or int, not json/,
    ],
    ['a nullable key', one('id: { type: uuid, primary: true, nullable: true }'), /a primary key cannot be nullable/],
    ['an internal key', one('id: { type: uuid, primary: true, internal: true }'), /a primary key cannot be internal/],
    ['a fixed key', one('id: { type: int, primary: true, default: 3 }'), /a primary key cannot have a fixed default/],
    [
      'too many fields',
      one(`${Array.from({ length: 1951 }, (_, i) => `f${i}: { type: int, primary: ${i === 0} }`).join(', ')}`),
      /has 1951 fields; at most 1950/,
    ],
    [
      'an unknown role',
      'version: 1\nroles: { admin: { inherits: [admni] } }',
      /^s:2:30 unknown role 'admni' \(did you mean 'admin'\?\)/,
    ],
    ['a type with a built-in name', 'version: 1\ntypes: { json: { enum: [a] } }', /^s:2:10 'json' is a built-in type/],
    ['an empty enum', 'version: 1\ntypes: { a: { enum: [] } }', /type 'a' must have at least one value/],
    ['an empty value', 'version: 1\ntypes: { a: { enum: [""] } }', /^s:2:22 a value of type 'a' is empty/],
    ['a number in an enum', 'version: 1\ntypes: { a: { enum: [1] } }', /must be text, not 1/],
    [
      'a system table',
      `version: 1\ncollections: { a: { table: _koyalite_x, fields: { id: { type: uuid, primary: true } } } }`,
      /belongs to the system/,
    ],
    [
      'users with another key',
      users('id: { type: int, primary: true }'),
      /users\.id is built in as uuid and cannot be int/,
    ],
    ['users with nullable email', users('email: { type: string, nullable: true }'), /users\.email is never null/],
    [
      'users that default to the caller',
      users('by: { type: uuid, default: auth.id }'),
      /users\.by cannot default to auth\.id: nobody is signed in when an account is created/,
    ],
    ['users with shared email', users('email: { type: string, unique: false }'), /users\.email is always unique/],
    [
      'users who make themselves admin',
      users('role: { type: string, write: "true" }'),
      /users\.role can only be written by operators and the server/,
    ],
    [
      'a role that is not among the values',
      users('role: { type: string, enum: [member] }'),
      /the default 'user' of users\.role is not one of 'member'/,
    ],
  ]
  for (const [name, text, problem] of files) {
    test(`of a file: ${name}`, () => {
      const found = problems(text)
      expect(found[0]).toMatch(problem)
      expect(found).toHaveLength(1)
    })
  }

  test('of roles that inherit each other', () => {
    expect(problems('version: 1\nroles: { a: { inherits: [b] }, b: { inherits: [a] } }')).toEqual([
      "s:2:26 role 'a' cannot inherit 'b', which inherits 'a'",
      "s:2:48 role 'b' cannot inherit 'a', which inherits 'b'",
    ])
  })

  test('of names that share a namespace', () => {
    const text = `version: 1
collections:
  a:
    table: same
    fields: { id: { type: uuid, primary: true } }
    indexes: [{ name: b, fields: [id] }, { name: i, fields: [idd] }, { name: i, fields: [id, id], order: down }]
    policies: [{ name: p, on: [reed], using: "true" }, { name: p, on: delete, check: "true" }, {}]
  b:
    table: SAME
    fields: { id: { type: uuid, primary: true } }
`
    expect(problems(text)).toEqual([
      "s:6:42 unknown field 'idd' in index 'i' (did you mean 'id'?)",
      "s:6:70 index name 'i' is taken by an index of 'a'",
      "s:6:94 field 'id' is listed twice in the index",
      "s:6:106 'order' must be 'asc' or 'desc', not 'down'",
      "s:7:32 unknown operation 'reed' (did you mean 'read'?)",
      "s:7:56 policy 'p' is given twice (first in line 7)",
      "s:7:79 'check' is for create and update only: read and delete have no resulting document",
      's:7:96 a policy must have a name',
      "s:7:96 a policy must have 'on': a list of create, read, update, delete",
      "s:7:96 a policy must have 'using' or 'check'",
      "s:8:3 collections 'a' and 'b' have the same table 'SAME'",
    ])
  })
})

test('any damage to a file gives a schema or problems at places that are in it, and never throws', () => {
  const lines = EVERYTHING.split('\n')
  const damage = fc.array(
    fc.tuple(
      fc.nat(EVERYTHING.length),
      fc.nat(4),
      fc.constantFrom(
        '',
        ' ',
        '\n',
        ':',
        '{',
        '}',
        '[',
        '- ',
        '&a ',
        '*a',
        '"',
        '#',
        '1',
        'null',
        'x: ',
        '|',
        '\t',
        '\u0000',
      ),
    ),
    { minLength: 1, maxLength: 4 },
  )
  const property = fc.property(damage, (edits) => {
    const text = edits.reduce((t, [at, length, insert]) => t.slice(0, at) + insert + t.slice(at + length), EVERYTHING)
    const result = parseSchema(text, { file: 's' })
    if (result.ok) return
    expect(result.problems.length).toBeGreaterThan(0)
    for (const { line, column, message } of result.problems) {
      expect(line).toBeWithin(1, lines.length + 6)
      expect(column).toBeGreaterThan(0)
      expect(message).not.toBe('')
    }
  })
  fc.assert(property, { numRuns: 300, includeErrorInReport: true })
})

function one(fields: string): string {
  return `version: 1\ncollections: { a: { fields: { ${fields} } } }`
}

function users(field: string): string {
  return `version: 1\ncollections: { users: { fields: { ${field} } } }`
}

function singular(collections: string): string {
  return `version: 1\ncollections: { ${collections.replaceAll('X', 'fields: { id: { type: uuid, primary: true } }')} }`
}

function bomb(): string {
  const levels = Array.from({ length: 20 }, (_, i) => `x${i + 1}: &x${i + 1} [${Array(10).fill(`*x${i}`).join(', ')}]`)
  return ['version: 1', 'x0: &x0 [a]', ...levels].join('\n')
}

test('of types of the project', () => {
  const ofTypes = (...lines: readonly string[]) => problems(['version: 1', 'types:', ...lines].join('\n'))
  expect(ofTypes('  iban: { base: strng, validate: iban }')).toEqual([
    "s:3:17 unknown base 'strng': it must be a built-in type (did you mean 'string'?)",
  ])
  expect(ofTypes('  iban: { base: varchar, validate: iban }')).toEqual([
    "s:3:17 unknown base 'varchar': it must be a built-in type (did you mean 'string'?)",
  ])
  expect(ofTypes('  status: { enum: [a] }', '  iban: { base: status, validate: iban }')).toEqual([
    expect.stringMatching(/^s:4:17 unknown base 'status': it must be a built-in type; known are uuid, /),
  ])
  expect(ofTypes('  iban: { base: string, validat: iban }')).toEqual([
    "s:3:3 type 'iban' has no 'validate': { base: string, validate: iban }",
    "s:3:25 unknown key 'validat' in type 'iban' (did you mean 'validate'?)",
  ])
  expect(ofTypes('  iban: { base: string, validate: "a b" }')).toEqual([expect.stringContaining('s:3:35 ')])
  expect(ofTypes('  iban: { base: string, validate: iban, enum: [a] }')).toEqual([
    "s:3:41 type 'iban' has 'enum' beside 'base' and 'validate': it is one or the other",
  ])
  expect(fieldProblems('number: { type: ibn }')[0]).toContain("unknown type 'ibn'")
})
