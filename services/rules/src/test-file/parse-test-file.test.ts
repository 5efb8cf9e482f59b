import { describe, expect, test } from 'bun:test'
import { formatProblem, parseSchema, type Schema } from '@koyalite/schema'
import { parseTestFile } from './parse-test-file'

const SCHEMA = schemaOf(`
version: 1
collections:
  rooms: { fields: { id: { type: uuid, primary: true, default: auto }, name: { type: string } } }
  messages:
    fields:
      id: { type: int, primary: true, default: auto }
      room_id: { type: uuid, references: rooms.id }
      author_id: { type: uuid, references: users.id }
      text: { type: string }
    rules: { read: "true" }
`)

function schemaOf(yaml: string): Schema {
  const parsed = parseSchema(yaml, { file: 'schema.yaml' })
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  return parsed.schema
}

function parse(source: string) {
  return parseTestFile(source, { file: 'rules/chat.test.yaml', schema: SCHEMA })
}

function problems(source: string): readonly string[] {
  const parsed = parse(source)
  return parsed.ok ? [] : parsed.problems.map(formatProblem)
}

describe('a test file', () => {
  test('names stand for keys, wherever they are; documents come in the order in which they can be stored', () => {
    const parsed = parse(`
actors: { ann: , ben: moderator, backend: { key: data:read } }
documents:
  messages:
    - { room_id: $hall, author_id: $ann, text: $$5 }
  rooms:
    hall: { name: Hall }
cases:
  - { actor: [ann, anonymous], operation: [read, delete], collection: messages, id: 1, expect: allowed }
  - { name: own, actor: ben, operation: create, collection: messages, data: { room_id: $rooms.hall, author_id: $ben, text: hi }, expect: denied }
`)
    if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
    const { documents, cases } = parsed.file
    expect(documents.map(({ collection }) => collection.name)).toEqual(['users', 'users', 'rooms', 'messages'])
    const [ann, ben, hall, message] = documents.map(({ data }) => data)
    expect(ben).toMatchObject({ role: 'moderator', email: 'ben@example.com', verified: true })
    expect(message).toEqual({ id: 1, room_id: hall?.id, author_id: ann?.id, text: '$5' } as never)
    expect(cases.map(({ title }) => title)).toEqual([
      'ann may read messages/1',
      'ann may delete messages/1',
      'anonymous may read messages/1',
      'anonymous may delete messages/1',
      'own',
    ])
    expect(cases[4]).toMatchObject({ line: 10, column: 5, data: { room_id: hall?.id, author_id: ben?.id } as never })
  })

  test('a user in the documents adds to the actor of that name', () => {
    const parsed = parse(`
actors: { ann: }
documents: { users: { ann: { metadata: { team: red } }, carl: { email: carl@example.com } } }
cases: []
`)
    if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
    expect(parsed.file.documents.map(({ data }) => [data.email, data.metadata ?? null])).toEqual([
      ['ann@example.com', { team: 'red' }],
      ['carl@example.com', null],
    ])
  })

  test('numbers that would become others are not taken', () => {
    expect(
      problems(`
documents: { rooms: { hall: { name: Hall, size: 750727362669608961 } } }
actors: { ann: { metadata: { n: .inf } } }
cases: [{ actor: ann, operation: read, collection: rooms, id: $hall, expect: denied }]
`).filter((problem) => problem.includes('number')),
    ).toEqual([
      'rules/chat.test.yaml:2:49 750727362669608961 is a number that JSON clients cannot represent exactly: write it in quotes',
      'rules/chat.test.yaml:3:33 .inf is a number that JSON clients cannot represent exactly: write it in quotes',
    ])
  })

  test('everything that is wrong is said at once, with its place and the nearest right word', () => {
    expect(
      problems(`
actors: { ann: { rol: admin }, k: { key: [data:reed], id: x } }
documents:
  room: []
  rooms: { hall: { nam: Hall } }
  messages: [{ author_id: $an }]
cases:
  - { actor: an, operation: get, collection: mesages, expect: alowed }
  - { actor: ann, operation: read, collection: messages, id: 7, expect: denied, data: {} }
  - { as: ann }
`),
    ).toEqual([
      "rules/chat.test.yaml:2:18 unknown key 'rol' in an actor (did you mean 'role'?)",
      "rules/chat.test.yaml:2:43 there is no scope 'data:reed' (did you mean 'data:read'?)",
      "rules/chat.test.yaml:2:55 'id' and 'key' cannot be combined: an actor is a user, a key or an operator",
      "rules/chat.test.yaml:4:3 there is no collection 'room' (did you mean 'rooms'?)",
      "rules/chat.test.yaml:5:20 rooms has no field 'nam' (did you mean 'name'?)",
      "rules/chat.test.yaml:6:27 '$an' is neither an actor nor a document (did you mean 'ann'?); write '$$…' for a text that starts with $",
      "rules/chat.test.yaml:8:14 there is no actor 'an' (did you mean 'ann'?)",
      "rules/chat.test.yaml:8:29 unknown operation 'get' (did you mean 'read'?)",
      "rules/chat.test.yaml:8:46 there is no collection 'mesages' (did you mean 'messages'?)",
      "rules/chat.test.yaml:8:63 'expect' must be 'allowed' or 'denied', not 'alowed' (did you mean 'allowed'?)",
      "rules/chat.test.yaml:9:62 there is no document 7 in messages: put it under 'documents'",
      "rules/chat.test.yaml:9:81 'data' does not apply to read",
      "rules/chat.test.yaml:10:5 a case must have 'actor'",
      "rules/chat.test.yaml:10:5 a case must have 'operation'",
      "rules/chat.test.yaml:10:5 a case must have 'collection'",
      "rules/chat.test.yaml:10:5 a case must have 'expect'",
      "rules/chat.test.yaml:10:7 unknown key 'as' in a case (did you mean 'actor'?)",
    ])
    expect(
      problems(`
actors: { ann: }
cases:
  - { actor: ann, operation: read, batch: [], expect: denied }
  - actor: ann
    batch:
      - { operation: list, collection: rooms }
      - { op: upsert, collection: rooms, id: new, data: {} }
      - { operation: delete, collection: rooms, id: hall, data: {} }
      - { operation: create, collection: rooms }
      - { collection: room }
    expect: denied
`),
    ).toEqual([
      "rules/chat.test.yaml:4:19 'operation' does not apply to a batch: its operations have their own",
      "rules/chat.test.yaml:4:43 'batch' must have at least one operation",
      "rules/chat.test.yaml:7:22 unknown operation 'list'; known are create, update, replace, delete",
      "rules/chat.test.yaml:8:9 an operation in a batch must have 'operation'",
      "rules/chat.test.yaml:8:11 unknown key 'op' in an operation of a batch (did you mean 'operation'?)",
      "rules/chat.test.yaml:9:53 there is no document 'hall' in rooms: put it under 'documents'",
      "rules/chat.test.yaml:9:59 'data' does not apply to delete",
      "rules/chat.test.yaml:10:9 create in a batch must have 'data'",
      "rules/chat.test.yaml:11:9 an operation in a batch must have 'operation'",
      "rules/chat.test.yaml:11:23 there is no collection 'room' (did you mean 'rooms'?)",
    ])
    expect(problems('actors: {}')).toEqual(["rules/chat.test.yaml:1:1 the file must have 'cases'"])
  })
})
