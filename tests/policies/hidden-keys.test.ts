import { beforeAll, describe, expect, test } from 'bun:test'
import { type Api, expectStatus, useServer } from '@koyalite/testkit'
import { registerPeople, SETTINGS, withIds } from './rule-world'

/** The rules of one operation, from none to open. `own` is the caller's for documents that they make their own. */
const RULES = {
  none: null,
  anyone: 'true',
  signed_in: 'auth.id != null',
  own: 'auth.id != null && doc.owner == auth.id',
  late: "doc.title != 'x'",
}
type RuleName = keyof typeof RULES

const CREATES = Object.keys(RULES) as RuleName[]
const READS = ['none', 'own'] as const
const UPDATES = ['none', 'anyone', 'own'] as const

const FIELDS = `
      id: { type: string, primary: true }
      owner: { type: string, nullable: true }
      title: { type: string, maxLength: 5 }
      flag: { type: string, nullable: true, write: "doc.title == 'flag'" }
      slug: { type: string, nullable: true, unique: true }`

const combinations = CREATES.flatMap((create) =>
  READS.flatMap((read) => UPDATES.map((update) => ({ create, read, update, name: `c_${create}_${read}_${update}` }))),
)

function rulesOf(rules: Readonly<Record<string, RuleName>>): string {
  const given = Object.entries(rules).flatMap(([operation, name]) =>
    RULES[name] === null ? [] : [`${operation}: "${RULES[name]}"`],
  )
  return `{ ${given.join(', ')} }`
}

const SCHEMA = `
version: 1
collections:
${combinations.map(({ name, create, read, update }) => `  ${name}:\n    fields:${FIELDS}\n    rules: ${rulesOf({ create, read, update })}`).join('\n')}
  keys:
    fields: { id: { type: string, primary: true, write: "doc.title == 'k'" }, title: { type: string } }
    rules: { create: "true", read: "doc.title == 'k'" }
  served:
    fields:
      id: { type: string, primary: true }
      title: { type: string }
      by: { type: string, write: "false" }
    rules: { create: "true", read: "doc.title == 'k'" }
  inner:
    fields:
      id: { type: string, primary: true }
      title: { type: string }
      by: { type: string, internal: true }
    rules: { create: "true", read: "doc.title == 'k'" }
`

const server = useServer({ schema: SCHEMA, settings: SETTINGS })
let apis: Readonly<Record<string, Api>> = {}
let ids: Readonly<Record<string, string>> = {}

beforeAll(async () => {
  const people = await registerPeople(server, { ann: { role: 'user', verified: true, metadata: {} } })
  apis = people.apis
  ids = people.ids
  const hidden = combinations.map(({ name }) => ({
    op: 'create',
    collection: name,
    data: { id: 'hidden', owner: 'somebody', title: 't', slug: 'taken' },
  }))
  const more = [
    { op: 'create', collection: 'keys', data: { id: 'hidden', title: 't' } },
    { op: 'create', collection: 'served', data: { id: 'hidden', title: 't', by: 'us' } },
  ]
  expectStatus(await server.api.post('/api/batch', { operations: [...hidden, ...more] }), 200)
}, 60_000)

const BODIES = {
  "nothing that is one's own": { title: 't' },
  "what is somebody else's": { title: 't', owner: 'somebody' },
  "what is one's own": { title: 't', owner: '$ann' },
  'what is too long': { title: 'too long' },
  'what may not be written with it': { title: 't', owner: '$ann', flag: 'f' },
  'what another document has': { title: 'x', slug: 'taken' },
  'no title': {},
  'an unknown field': { title: 't', unknown: 1 },
  'no object': [],
}

const HEADERS = {
  plain: {},
  'If-Match': { 'if-match': '"x"' },
  'If-Match: *': { 'if-match': '*' },
  'If-None-Match': { 'if-none-match': '*' },
}

/** The response without what is another one each time. */
async function put(api: Api, path: string, more: object) {
  const { status, text, headers } = await api.request('PUT', path, more)
  const known = text.replace(/"(request_id|timestamp)":"[^"]*"/g, '').replaceAll(/hidden|absent/g, '<key>')
  return { status, text: known, etag: headers.get('etag') }
}

describe('PUT does not tell those who may not create the document whether a hidden one has the key', () => {
  for (const { name, create } of combinations) {
    test(name, async () => {
      for (const [who, api] of Object.entries({ ann: apis.ann as Api, anonymous: server.anonymous })) {
        for (const [what, body] of Object.entries(BODIES)) {
          for (const [how, headers] of Object.entries(HEADERS)) {
            const more = { json: withIds(body, ids), headers }
            const absent = await put(api, `/api/collections/${name}/absent`, more)
            const hidden = await put(api, `/api/collections/${name}/hidden`, more)
            if (absent.status === 201) await server.api.delete(`/api/collections/${name}/absent`)
            // Who may make the document learns that its key is taken: there is no other answer.
            const canAllocate =
              create === 'anyone' ||
              (create === 'late' && (body as { title?: string }).title !== 'x') ||
              (create === 'signed_in' && who === 'ann') ||
              (create === 'own' && who === 'ann' && (body as { owner?: string }).owner === '$ann')
            if (canAllocate && (absent.status === 201 || absent.status === 409)) {
              expect([who, what, how, hidden.status]).toEqual([who, what, how, 404])
            } else {
              expect([who, what, how, hidden]).toEqual([who, what, how, absent])
            }
          }
        }
      }
      expect((await server.api.get(`/api/collections/${name}/hidden`)).body).toMatchObject({ title: 't', flag: null })
    })
  }

  for (const collection of ['keys', 'served', 'inner']) {
    test(`${collection}: nor those who could give it no key or not all of its values`, async () => {
      for (const id of ['hidden', 'absent']) {
        const response = await server.anonymous.put(`/api/collections/${collection}/${id}`, { title: 't' })
        expect([id, response.status, response.body.error.code]).toEqual([id, 404, 'NOT_FOUND'])
      }
    })
  }

  test('upserts of a batch neither', async () => {
    for (const id of ['hidden', 'absent']) {
      const operations = [{ op: 'upsert', collection: 'c_own_own_own', id, data: { title: 't', owner: 'somebody' } }]
      const response = await (apis.ann as Api).post('/api/batch', { operations })
      expect([id, response.status, response.body.error]).toMatchObject([id, 404, { code: 'NOT_FOUND', operation: 0 }])
    }
  })
})

describe('keys that clients choose', () => {
  test('POST with the key of a hidden document: refused as any other, or a conflict that names the key alone', async () => {
    const post = async (api: Api, collection: string, body: unknown) => {
      const { status, body: response } = await api.post(`/api/collections/${collection}`, withIds(body, ids))
      return [status, response.error?.details?.map(({ field }: { field: string }) => field)]
    }
    const ann = apis.ann as Api
    const own = { title: 't', owner: '$ann' }
    expect(await post(ann, 'c_own_own_own', { id: 'hidden', ...own, owner: 'somebody' })).toEqual([403, []])
    expect(await post(ann, 'c_own_own_own', { id: 'absent', ...own, owner: 'somebody' })).toEqual([403, []])
    expect(await post(ann, 'c_own_own_own', { id: 'hidden', ...own })).toEqual([409, ['id']])
    expect(
      await post(ann, 'c_own_own_own', [
        { id: 'fresh', ...own },
        { id: 'hidden', ...own },
      ]),
    ).toEqual([409, ['id']])
    expect(await post(server.anonymous, 'c_none_none_none', { id: 'hidden', ...own })).toEqual([401, []])
  })
})
