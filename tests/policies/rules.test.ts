import { beforeAll, describe, expect, test } from 'bun:test'
import { type Api, type ApiResponse, expectStatus, useServer } from '@koyalite/testkit'
import { DOCUMENT_NAMES, RELATED } from './rule-documents'
import { type Holds, RULES } from './rule-table'
import {
  type DocumentWithId,
  documentsWithIds,
  isEven,
  PLACES,
  registerPeople,
  SETTINGS,
  schemaOf,
  withIds,
} from './rule-world'

const SOURCES = Object.values(RULES).flatMap((group) => Object.keys(group))
const server = useServer({ schema: schemaOf(SOURCES), settings: SETTINGS })
let apis: Readonly<Record<string, Api>> = {}
let documents: readonly DocumentWithId[] = []

beforeAll(async () => {
  const people = await registerPeople(server)
  apis = people.apis
  documents = documentsWithIds(people.ids)
  for (const [collection, rows] of Object.entries(RELATED)) {
    expectStatus(await server.api.post(`/api/collections/${collection}`, withIds(rows, people.ids)), 201)
  }
  const collections = ['open', ...SOURCES.flatMap((_, index) => PLACES.map((place) => `${place}${index}`))]
  for (const collection of collections) {
    expectStatus(await server.api.post(`/api/collections/${collection}`, documents), 201)
  }
}, 60_000)

for (const [group, rules] of Object.entries(RULES)) {
  describe(group, () => {
    for (const [rule, holds] of Object.entries(rules)) {
      for (const [person, expected] of callersOf(holds)) {
        test(`${rule} for ${person}: ${expected || 'none'}`, () => proveEverywhere(rule, person, expected))
      }
    }
  })
}

function callersOf(holds: Holds): readonly (readonly [person: string, expected: string])[] {
  return typeof holds === 'string' ? [['ann', holds]] : Object.entries(holds)
}

/** One rule and one caller, at every place where the rule can stand. */
async function proveEverywhere(rule: string, person: string, expected: string): Promise<void> {
  const api = apis[person]
  if (api === undefined) throw new Error(`nobody is called ${person}`)
  const index = SOURCES.indexOf(rule)
  const refused = expected === 'refused'
  const right = DOCUMENT_NAMES.filter((name) => !refused && expected.includes(name.charAt(0).toUpperCase()))
  const denied = person === 'anonymous' ? 401 : 403
  const named = await namesThatPass(index, api, { denied, isRefused: refused, rule })
  for (const [place, names] of Object.entries(named)) expect({ [place]: names }).toEqual({ [place]: right })
}

interface Expectation {
  readonly denied: number
  readonly isRefused: boolean
  readonly rule: string
}

/** The names of the documents that the rule let pass, by place. Throws where a response is neither that of those nor that of the others. */
async function namesThatPass(index: number, api: Api, { denied, isRefused, rule }: Expectation) {
  const at = (place: (typeof PLACES)[number], id: string) => `/api/collections/${place}${index}/${id}`
  const passing = async (ok: number, no: number, ask: (document: DocumentWithId) => Promise<ApiResponse>) => {
    const responses = await Promise.all(documents.map(ask))
    return DOCUMENT_NAMES.filter(
      (_, position) => expectStatus(responses[position] as ApiResponse, ok, no).status === ok,
    )
  }
  const listed = (response: ApiResponse): readonly string[] => {
    if (isRefused) return expectStatus(response, denied) && []
    expect(expectStatus(response, 200).body.total).toBe(response.body.docs.length)
    return namesIn(response)
  }
  const shown = expectStatus(await api.list(`fields${index}`), 200).body.docs
  return {
    list: listed(await api.list(`reads${index}`, { count: true })),
    get: await passing(200, 404, ({ id }) => api.get(at('reads', id))),
    field: inOrder(shown.filter((one: object) => 'secret' in one)),
    'field filtered': isRefused
      ? expectStatus(await api.list(`fields${index}`, { filter: 'secret:eq:x' }), 400) && []
      : namesIn(expectStatus(await api.list(`fields${index}`, { filter: 'secret:eq:x' }), 200)),
    // A field that can never be written is refused by name.
    'field or result': await passing(200, isRefused && isEven(index) ? 422 : denied, ({ id }) =>
      api.patch(at('fields', id), { mark: 7 }),
    ),
    create: await passing(201, denied, async ({ id, ...values }) => {
      const response = await api.post(`/api/collections/before${index}`, { ...values, id: `new-${id}` })
      if (response.status === 201) expectStatus(await server.api.delete(at('before', `new-${id}`)), 204)
      return response
    }),
    update: await passing(200, denied, ({ id }) => api.patch(at('before', id), { mark: 7 })),
    replace: await passing(200, denied, ({ id, ...values }) => api.put(at('before', id), { ...values, mark: 8 })),
    delete: await passing(204, denied, async (document) => {
      const response = await api.delete(at('before', document.id))
      if (response.status === 204) expectStatus(await server.api.post(`/api/collections/before${index}`, document), 201)
      return response
    }),
    ...(/\b(memberships|orgs)\b|\bis_\w+\(/.test(rule)
      ? {}
      : { where: namesIn(expectStatus(await api.list('open', { where: rule, count: true }), 200)) }),
  }
}

function namesIn(response: ApiResponse): readonly string[] {
  return inOrder(response.body.docs)
}

function inOrder(found: readonly { readonly id: string }[]): readonly string[] {
  return DOCUMENT_NAMES.filter((name) => found.some(({ id }) => id === name))
}
