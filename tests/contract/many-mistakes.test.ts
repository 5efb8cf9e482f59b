import { describe, expect, test } from 'bun:test'
import { type ApiResponse, errorProblem, useServer } from '@koyalite/testkit'

const server = useServer({
  schema: `
version: 1
collections:
  posts:
    fields:
      id:    { type: uuid, primary: true, default: auto }
      title: { type: string }
      meta:  { type: json, nullable: true }
      rows:  { type: json, nullable: true, schema: { type: array, items: { type: object, required: [a], additionalProperties: false } } }
    rules: { create: "true", read: "true" }
`,
})

const many = (count: number, one: (index: number) => string) =>
  Array.from({ length: count }, (_, n) => one(n)).join(',')
const send = (path: string, raw: string) =>
  server.anonymous.request('POST', path, { raw, headers: { 'content-type': 'application/json' } })

/** A refusal with some details, that says how many it leaves out. */
function expectShort(response: ApiResponse, mistakes: number): void {
  expect(response.status, response.text.slice(0, 300)).toBe(422)
  expect(errorProblem(response)).toBeUndefined()
  const { details, message } = response.body.error
  expect(details.length).toBe(101)
  expect(details.at(-1)).toMatchObject({
    field: '',
    code: 'more',
    message: `and ${mistakes - 100} more errors`,
  })
  expect(message).toEndWith(`(and ${mistakes - 1} more)`)
}

describe('only the first hundred errors are reported', () => {
  test.each([101, 1_000, 80_000])('%i unknown fields of a document', async (count) => {
    expectShort(await send('/api/collections/posts', `{"title":"a",${many(count, (n) => `"k${n}":1`)}}`), count)
  })

  test('a hundred errors are all named', async () => {
    const response = await send('/api/collections/posts', `{"title":"a",${many(100, (n) => `"k${n}":1`)}}`)
    expect(response.body.error.details.map(({ field }: { field: string }) => field)).toEqual(
      Array.from({ length: 100 }, (_, n) => `k${n}`),
    )
  })

  test.each(['/api/auth/register', '/api/auth/login'])('40,000 unknown fields at %s', async (path) => {
    const response = await send(
      path,
      `{"email":"a@example.com","password":"a long one",${many(40_000, (n) => `"k${n}":1`)}}`,
    )
    expect(response.status).toBe(422)
    expect(response.body.error.details.length).toBeLessThanOrEqual(101)
    expect(response.body.error.details.at(-1).code).toBe('more')
  })

  test('an invalid known field is named after any number of unknown ones', async () => {
    const response = await send('/api/collections/posts', `{"title":1,${many(50_000, (n) => `"k${n}":1`)}}`)
    expect(response.body.error.details[0]).toMatchObject({ field: 'title', code: 'type' })
  })

  test('the first invalid item in a list of thousands is named', async () => {
    const response = await send(
      '/api/collections/posts',
      `{"title":"a","rows":[{"a":1},${many(50_000, () => '{"b":1}')}]}`,
    )
    expect(response.status).toBe(422)
    expect(response.body.error.details).toMatchObject([
      { field: expect.stringMatching(/^rows\.0\.a$/), code: 'unknown' },
    ])
  })

  test('invalid operations of a batch', async () => {
    const response = await send('/api/batch', `{"operations":[${many(900, () => '{}')}]}`)
    expect(response.status).toBe(400)
    expect(response.body.error.details.length).toBeLessThanOrEqual(101)
  })
})

test('a json value with as many keys as fit in a body is stored unchanged', async () => {
  const keys = many(90_000, (n) => `"k${n}":${n}`)
  const created = await send('/api/collections/posts', `{"title":"a","meta":{${keys}}}`)
  expect(created.status).toBe(201)
  expect(created.text).toContain(`"meta":{${keys}}`)
})
