import { beforeEach, describe, expect, test } from 'bun:test'
import { openTestApi, type TestApi, user } from '../testing/open-api'

const ANN = '00000000-0000-7000-8000-00000000000a'

const SCHEMA = `
version: 1
collections:
  teams:
    fields:
      id: { type: int, primary: true, default: auto }
      name: { type: string, maxLength: 5 }
      code: { type: string, nullable: true, unique: true }
      lead_id: { type: uuid, nullable: true, references: people.id }
    rules: { create: "true", read: "true", update: "true", delete: "true" }
  people:
    fields:
      id: { type: uuid, primary: true, default: auto }
      name: { type: string, nullable: true }
      team_id: { type: int, nullable: true, references: teams.id, onDelete: cascade }
      team_code: { type: string, nullable: true, references: teams.code }
      extra: { type: json, nullable: true }
      set_by_server: { type: int, nullable: true, references: teams.id, write: "false" }
    rules: { create: "true", read: "doc.name != 'hidden'", update: "true", delete: "true" }
  tags:
    fields:
      slug: { type: string, primary: true }
      parent: { type: string, nullable: true, references: tags.slug }
    rules: { create: "true", read: "true", update: "true", delete: "true" }
  profiles:
    fields:
      id: { type: uuid, primary: true, references: people.id }
      text: { type: string, default: "" }
    rules: { create: "true", read: "true", update: "true", delete: "true" }
  invited:
    fields: { id: { type: int, primary: true, default: auto }, team_id: { type: int, references: teams.id } }
    rules: { create: "request.body.team_id == 1", read: "true" }
  closed:
    fields: { id: { type: int, primary: true, default: auto }, team_id: { type: int, references: teams.id } }
`

let api: TestApi
beforeEach(async () => {
  api = await openTestApi(SCHEMA)
})

const run = (operations: readonly unknown[], as = api.as(user(ANN))) => as('POST', '/batch', { operations })
const key = (n: unknown) => ({ $result: n })
const create = (collection: string, data: object, more: object = {}) => ({ op: 'create', collection, data, ...more })
const count = async (collection: string) =>
  (await api.system('GET', `/collections/${collection}?count=true`)).body.total

describe('a key of an earlier operation', () => {
  test('stands in references, whatever its type', async () => {
    const { status, body } = await run([
      create('teams', { name: 'a' }),
      create('people', { team_id: key(0) }),
      create('tags', { slug: 'x' }),
      create('tags', { slug: 'y', parent: key(2) }),
      { op: 'update', collection: 'teams', id: key(0), data: { lead_id: key(1) } },
      { op: 'upsert', collection: 'tags', id: 'z', data: { parent: key(3) } },
    ])
    expect(status).toBe(200)
    const [team, person, , child, led, third] = body.results
    expect([person.team_id, child.parent, led, third.parent]).toEqual([
      team.id,
      'x',
      { ...team, lead_id: person.id },
      'y',
    ])
  })

  test('stands in `id` of every operation', async () => {
    const { body } = await run([
      create('teams', { name: 'a' }),
      { op: 'update', collection: 'teams', id: key(0), data: { name: 'b' } },
      { op: 'assert', collection: 'teams', id: key(1), data: { name: 'b' } },
      { op: 'upsert', collection: 'teams', id: key(1), data: { name: 'c' } },
      create('people', {}),
      create('profiles', { text: 't' }, { id: key(4) }),
      { op: 'assert', collection: 'profiles', id: key(4), where: "doc.text == 't'" },
      { op: 'delete', collection: 'teams', id: key(3) },
    ])
    const { results } = body
    expect(results.map((one: { name?: string } | null) => one?.name)).toEqual([
      'a',
      'b',
      undefined,
      'c',
      null,
      undefined,
      undefined,
      undefined,
    ])
    expect(results[5]).toEqual({ id: results[4].id, text: 't' })
    expect(await count('teams')).toBe(0)
  })

  test('may be the key in the data, and a value that an assertion names', async () => {
    const { status, body } = await run([
      create('people', { name: 'p' }),
      create('profiles', { id: key(0) }),
      create('teams', { name: 'a' }),
      { op: 'update', collection: 'people', id: key(0), data: { team_id: key(2) } },
      { op: 'assert', collection: 'people', id: key(0), data: { team_id: key(2), id: key(3) } },
    ])
    expect(status).toBe(200)
    expect(body.results[1].id).toBe(body.results[0].id)
  })

  test('is known where the document may not be read', async () => {
    const { status, body } = await run([create('people', { name: 'hidden' }), create('profiles', {}, { id: key(0) })])
    expect(status).toBe(200)
    expect(Object.keys(body.results[0])).toEqual(['id'])
    expect(body.results[1].id).toBe(body.results[0].id)
  })

  test('is seen by rules as if it had been sent', async () => {
    expect((await run([create('teams', { name: 'a' }), create('invited', { team_id: key(0) })])).status).toBe(200)
    const refused = await run([create('teams', { name: 'b' }), create('invited', { team_id: key(0) })])
    expect([refused.status, refused.body.error.operation, await count('teams')]).toEqual([403, 1, 1])
  })

  test('of many documents, together with others', async () => {
    const people = Array.from({ length: 300 }, (_, n) => create('people', { name: `${n}`, team_id: key(n % 2) }))
    const { status, body } = await run([create('teams', { name: 'a' }), create('teams', { name: 'b' }), ...people])
    expect(status).toBe(200)
    const teams = body.results.slice(0, 2).map(({ id }: { id: number }) => id)
    expect(body.results.slice(2).map((one: { team_id: number }) => one.team_id)).toEqual(
      people.map((_, n) => teams[n % 2]),
    )
  })

  test('in an import too', async () => {
    const lines = [create('teams', { name: 'a' }), create('people', { team_id: key(0) })]
    const text = lines.map((line) => JSON.stringify(line)).join('\n')
    expect((await api.system('POST', '/admin/import', undefined, {}, text)).body.imported).toBe(2)
    expect((await api.system('GET', '/collections/people?filter=team.name:eq:a')).body.docs).toHaveLength(1)
  })
})

describe('text and json are never looked into', () => {
  test.each<[unknown]>([
    [{ $result: 0 }],
    [[{ $result: 0 }]],
    [{ a: { $result: 0 } }],
    ['{"$result":0}'],
    ['$results.0.id'],
    [{ $result: 99 }],
  ])('%j in json is what it is', async (extra) => {
    const { status, body } = await run([create('teams', { name: 'a' }), create('people', { extra })])
    expect(status).toBe(200)
    expect(body.results[1].extra).toEqual(extra)
    const held = { op: 'assert', collection: 'people', id: body.results[1].id, data: { extra } }
    expect((await run([create('teams', { name: 'b' }), held])).status).toBe(200)
  })

  test.each([['$result'], ['{"$result":0}'], ['$results.0.id'], ['{$result:0}']])(
    '%p in a text is a text',
    async (name) => {
      const { body } = await run([create('teams', { name: 'a' }), create('people', { name })])
      expect(body.results[1].name).toBe(name)
      const slug = await run([
        create('tags', { slug: 'x' }),
        create('tags', { slug: name }),
        create('tags', { slug: 'y', parent: name }),
      ])
      expect(slug.body.results[2].parent).toBe(name)
    },
  )

  test('in other fields it is a value of the wrong type', async () => {
    for (const operation of [
      create('people', { name: key(0) }),
      { op: 'upsert', collection: 'tags', id: 'x', data: { slug: 'x', no: key(0) } },
    ]) {
      const { body } = await run([create('teams', { name: 'a' }), operation])
      expect(body.error).toMatchObject({ code: 'VALIDATION_ERROR', operation: 1 })
      expect(JSON.stringify(body.error)).not.toContain('earlier operation')
    }
  })

  test('outside of batches too', async () => {
    for (const body of [{ team_id: key(0) }, [{ name: 'a' }, { team_id: key(0) }]])
      expect((await api.system('POST', '/collections/people', body)).body.error.code).toBe('VALIDATION_ERROR')
  })

  test('nor are the values of an expression', async () => {
    const { body } = await run([
      create('teams', { name: 'a' }),
      { op: 'assert', collection: 'teams', id: key(0), where: 'doc.id == $1', params: [key(0)] },
    ])
    expect(body.error).toMatchObject({ code: 'INVALID_FILTER', operation: 1 })
  })
})

describe('what is wrong is said before anything is written', () => {
  const first = create('teams', { name: 'a' })
  const gone = { op: 'delete', collection: 'teams', id: '1' }
  const held = { op: 'assert', collection: 'teams', id: '1', data: {} }

  test.each<[string, readonly unknown[], RegExp]>([
    [
      'a later operation',
      [create('people', { team_id: key(1) }), first],
      /earlier operation, and this one has the index 0/,
    ],
    ['its own', [first, create('people', { team_id: key(1) })], /this one has the index 1/],
    ['one that there is not', [first, create('people', { team_id: key(1000) })], /earlier operation/],
    ['a deletion', [gone, create('people', { team_id: key(0) })], /result is null/],
    ['an assertion', [held, create('people', { team_id: key(0) })], /result is null/],
    ['a negative number', [first, create('people', { team_id: key(-1) })], /must be \{"\$result": n\}/],
    ['a fraction', [first, create('people', { team_id: key(0.5) })], /must be \{"\$result": n\}/],
    ['a text', [first, create('people', { team_id: key('0') })], /must be \{"\$result": n\}/],
    ['null', [first, create('people', { team_id: key(null) })], /must be \{"\$result": n\}/],
    ['something beside it', [first, create('people', { team_id: { $result: 0, x: 1 } })], /nothing else/],
    [
      'another collection',
      [create('tags', { slug: 'x' }), create('people', { team_id: key(0) })],
      /'teams', and operation 0 is about 'tags'/,
    ],
    ['a field that is no key', [first, create('people', { team_code: key(0) })], /not the key: send the value/],
    [
      'an id of another collection',
      [create('tags', { slug: 'x' }), { op: 'delete', collection: 'teams', id: key(0) }],
      /id must be a key of 'teams'/,
    ],
    [
      'an id of another collection, or of the one it refers to',
      [first, create('profiles', {}, { id: key(0) })],
      /'profiles' or 'people'/,
    ],
    [
      'an id of a later operation',
      [{ op: 'assert', collection: 'teams', id: key(1), data: {} }, first],
      /earlier operation/,
    ],
    [
      'an update',
      [first, { op: 'update', collection: 'people', id: ANN, data: { team_id: key(9) } }],
      /earlier operation/,
    ],
    [
      'an upsert',
      [first, { op: 'upsert', collection: 'people', id: ANN, data: { team_id: key(9) } }],
      /earlier operation/,
    ],
    [
      'an assertion of it',
      [first, { op: 'assert', collection: 'people', id: ANN, data: { team_id: key(9) } }],
      /earlier operation/,
    ],
  ])('%s', async (_, operations, message) => {
    const { status, body } = await run(operations)
    expect([status, body.error.code]).toEqual([422, 'VALIDATION_ERROR'])
    expect(body.error.details).toHaveLength(1)
    expect(body.error.details[0]).toMatchObject({ code: 'result', message: expect.stringMatching(message) })
    expect(await count('teams')).toBe(0)
  })

  test('all of it at once, together with what is wrong with other fields', async () => {
    const wrong = { name: 'too long', lead_id: key(3), no: 1 }
    const fields = (body: { error: { details: { field: string }[] } }) => body.error.details.map(({ field }) => field)
    expect(fields((await run([first, create('teams', wrong, { id: key(7) })])).body)).toEqual([
      'id',
      'lead_id',
      'name',
      'no',
    ])
    const update = { op: 'update', collection: 'teams', id: key(7), data: wrong }
    expect(fields((await run([first, update])).body)).toEqual(['id', 'lead_id', 'name', 'no'])
    const upsert = { op: 'upsert', collection: 'teams', id: key(7), data: { ...wrong, name: undefined } }
    expect(fields((await run([first, upsert])).body)).toEqual(['id', 'lead_id', 'no', 'name'])
  })

  test('the rest of an operation is checked before an earlier one is run', async () => {
    const taken = create('tags', { slug: 'x' })
    const late = create('people', { team_id: key(2), name: 5 })
    const { body } = await run([taken, taken, first, late])
    expect(body.error).toMatchObject({ code: 'VALIDATION_ERROR', operation: 3, details: [{ field: 'name' }] })
  })

  test('a field that cannot be written tells nothing of what it refers to', async () => {
    const { body } = await run([create('tags', { slug: 'x' }), create('people', { set_by_server: key(0) })])
    expect(body.error.details).toMatchObject([{ field: 'set_by_server', code: 'read_only' }])
  })

  test('who may do nothing of it does not learn what is wrong with it', async () => {
    const { body } = await run([create('tags', { slug: 'x' }), create('closed', { team_id: key(0), no: 1 })])
    expect(body.error).toMatchObject({ code: 'FORBIDDEN', operation: 1 })
    const { body: unknown } = await run([first, create('nowhere', { team_id: key(0) })])
    expect(unknown.error).toMatchObject({ code: 'COLLECTION_NOT_FOUND', operation: 1 })
  })
})

describe('a document that is gone', () => {
  test('leaves a key that nothing can refer to', async () => {
    const deleted = [create('teams', { name: 'a' }), { op: 'delete', collection: 'teams', id: key(0) }]
    const refer = await run([...deleted, create('people', { team_id: key(0) })])
    expect(refer.body.error).toMatchObject({ code: 'CONFLICT', operation: 2, details: [{ field: 'team_id' }] })
    const change = await run([...deleted, { op: 'update', collection: 'teams', id: key(0), data: { name: 'b' } }])
    expect(change.body.error).toMatchObject({ code: 'NOT_FOUND', operation: 2 })
    const ask = await run([...deleted, { op: 'assert', collection: 'teams', id: key(0), data: {} }])
    expect(ask.body.error).toMatchObject({ code: 'PRECONDITION_FAILED', operation: 2 })
    expect(
      (await run([...deleted, { op: 'upsert', collection: 'teams', id: key(0), data: { name: 'b' } }])).status,
    ).toBe(200)
  })
})

test('a failed operation of those that would be written together is named', async () => {
  const people = ['p', 'q', 'r'].map((name) => create('people', { name, team_id: key(0) }))
  const wrong = create('people', { team_code: 'none', team_id: key(0) })
  const { body } = await run([create('teams', { name: 'a' }), ...people, wrong, ...people])
  expect(body.error).toMatchObject({ code: 'CONFLICT', operation: 4 })
  expect([await count('teams'), await count('people')]).toEqual([0, 0])
})
