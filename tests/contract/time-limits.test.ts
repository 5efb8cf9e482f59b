import { afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { expectError, expectStatus, useServer } from '@koyalite/testkit'

const server = useServer({
  schema: `
version: 1
collections:
  texts:
    fields:
      id:   { type: int, primary: true, default: auto }
      text: { type: text }
      code: { type: string, nullable: true, pattern: "^(a+)+$" }
      list: { type: json, nullable: true }
`,
  settings: 'server: { query_timeout: 1s }\n',
})

beforeAll(async () => {
  const list = Array.from({ length: 1500 }, (_, n) => n)
  const rows = Array.from({ length: 20 }, () => ({ text: `${'a'.repeat(50_000)}`, list }))
  expectStatus(await server.api.post('/api/collections/texts', rows), 201)
})

const ENDLESS = { where: 'doc.list.all(a, doc.list.all(b, doc.list.all(c, a + b + c >= 0)))' }

/** Queries whose cost could grow without bound: those that are matched in linear time are answered, the others refused, or ended by the time limit. */
const EXPENSIVE: readonly (readonly [
  name: string,
  parameters: Readonly<Record<string, string>>,
  outcome: 'OK' | 'QUERY_TIMEOUT' | 'INVALID_FILTER',
])[] = [
  ['LIKE with many wildcards', { filter: `text:like:${'%a'.repeat(12)}%b` }, 'OK'],
  ['nested macros over a large array', ENDLESS, 'QUERY_TIMEOUT'],
  [
    'nested macros that find nothing',
    { where: 'doc.list.exists(a, doc.list.exists(b, doc.list.exists(c, a + b + c < 0)))' },
    'QUERY_TIMEOUT',
  ],
  ['a hostile regular expression', { where: "doc.text.matches('^(a+)+b$')" }, 'OK'],
  [
    'long texts made longer',
    { where: `(${Array.from({ length: 60 }, () => 'doc.text').join(' + ')}).contains('b')` },
    'INVALID_FILTER',
  ],
]

const FORTY = `[${Array.from({ length: 40 }, () => 1).join(',')}]`
const LONGER = `'${'a'.repeat(500)}'.replace('a', '${'b'.repeat(900)}')`

/** What is evaluated before any document is looked at cannot be moved anywhere: it is refused. */
const STATIC: readonly (readonly [name: string, where: string])[] = [
  ['texts made in nested macros', `${FORTY}.all(a, ${FORTY}.all(b, size(${LONGER}) > 0))`],
  ['nested macros', `${FORTY}.all(a, ${FORTY}.all(b, ${FORTY}.all(c, ${FORTY}.all(d, a + d > 0))))`],
  ['lists that hold lists twice', `[[1]]${'.map(x, [x, x])'.repeat(40)} == [[1]]${'.map(x, [x, x])'.repeat(40)}`],
]

/** A write and a read of somebody else. */
async function others(): Promise<void> {
  expectStatus(await server.api.post('/api/collections/texts', { text: 'meanwhile' }), 201)
  expectStatus(await server.api.list('texts', { limit: 1, fields: 'id' }), 200)
}

// A server that one query has stopped must not fail the tests of the others.
afterEach(() => server.restart('SIGKILL'))

describe('a query that would run for a very long time', () => {
  for (const [name, parameters, outcome] of EXPENSIVE) {
    test(`${name}: ${outcome}, and other requests are served`, async () => {
      const expensive = server.api.list('texts', { ...parameters, fields: 'id' })
      const [response] = await Promise.all([expensive, ...Array.from({ length: 10 }, others)])
      if (outcome === 'OK') expectStatus(response, 200)
      else expectError(response, outcome)
    })
  }

  for (const [name, where] of STATIC) {
    test(`${name}, without a document: QUERY_TIMEOUT`, async () => {
      const response = await server.api.list('texts', { where })
      expect(response.status, response.text).toBe(503)
      expect(response.body.error.code).toBe('QUERY_TIMEOUT')
    })
  }

  test('40 nested macros are parsed as fast as any other text', async () => {
    const where = `[doc.list]${'.map(x, x)'.repeat(40)} == [doc.list]`
    expectStatus(await server.api.list('texts', { where, fields: 'id' }), 200)
  })

  test('a pattern of the schema is matched in linear time', async () => {
    const response = await server.api.post('/api/collections/texts', { text: '', code: `${'a'.repeat(5_000)}!` })
    expect(response.status).toBe(422)
  })

  test('many at once do not stop the server from serving', async () => {
    const responses = await Promise.all(Array.from({ length: 12 }, () => server.api.list('texts', ENDLESS)))
    for (const response of responses) expectError(response, 'QUERY_TIMEOUT')
    expectStatus(await server.api.list('texts', { limit: 1, fields: 'id' }), 200)
  })
})
