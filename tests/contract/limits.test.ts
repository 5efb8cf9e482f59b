import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { useServer } from '@koyalite/testkit'

// docs/limits.md: at a limit a request is served, beyond it the documented error comes.

const PAGE = readFileSync(join(import.meta.dir, '../../docs/limits.md'), 'utf8')
const ROWS = new Map(
  Array.from(
    PAGE.matchAll(/^\| (?!\*\*)([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm),
    ([, what = '', value = '', beyond = '']) => [
      what,
      { value: Number(/^[\d,]+/.exec(value)?.[0].replaceAll(',', '')), beyond },
    ],
  ),
)

const server = useServer({
  schema: `
version: 1
collections:
  notes:
    fields:
      id: { type: int, primary: true, default: auto }
      text: { type: text, nullable: true }
      data: { type: json, nullable: true }
      parent_id: { type: int, nullable: true, references: notes.id }
${Array.from({ length: 9 }, (_, n) => `      f${n}: { type: int, nullable: true }`).join('\n')}
    rules: { read: "true", create: "true" }
`,
  settings: 'auth: { rate_limit: { api: 100000/second } }\n',
})

interface Request {
  readonly query?: Readonly<Record<string, string>>
  readonly path?: string
  readonly body?: unknown
}
const many = <T>(count: number, item: (n: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, n) => item(n))
const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`)
const filter = (value: string): Request => ({ query: { filter: value } })
const notFilter = (depth: number): unknown => (depth === 0 ? { text: 'x' } : { $not: notFilter(depth - 1) })

/** A request that is `n` long, by the row of the page that says how long it may be. */
const REQUESTS: Readonly<Record<string, (n: number) => Request>> = {
  'Nesting of JSON': (n) => ({ body: { data: nested(n - 1) } }),
  '`limit` of a list': (n) => ({ query: { limit: String(n) } }),
  '`offset`': (n) => ({ query: { offset: String(n) } }),
  '`filter` parameters, comparisons of a JSON filter': (n) =>
    filter(JSON.stringify({ $or: many(n, (at) => ({ f0: at })) })),
  'Nesting of a JSON filter': (n) => filter(JSON.stringify(notFilter(n))),
  'Values of `in` and `nin`': (n) => filter(`f0:in:${many(n, String).join(',')}`),
  'Pattern of `like`': (n) => filter(`text:like:${'x'.repeat(n)}`),
  'References that a path follows': (n) => filter(`${'parent.'.repeat(n)}text:eq:x`),
  'Steps of a path into json': (n) => filter(`data${'.x'.repeat(n)}:eq:1`),
  'Fields of `sort`': (n) => ({ query: { sort: many(n, (at) => `f${at}`).join(',') } }),
  'Depth of `expand`': (n) => ({ query: { expand: many(n, () => 'parent').join('.') } }),
  'Entries of `group`': (n) => ({ path: '/aggregate', query: { group: many(n, (at) => `f${at}`).join(',') } }),
  'Length of a rule or `where`': (n) => ({ query: { where: `doc.text == '${'x'.repeat(n - 14)}'` } }),
  'Elements of a list in a rule or `where`': (n) => ({ query: { where: `doc.f0 in [${many(n, String).join(',')}]` } }),
  'Operations of a batch, documents of an array': (n) => ({ body: many(n, () => ({ text: 'x' })) }),
}

describe('docs/limits.md', () => {
  test.each(Object.entries(REQUESTS))('%s', async (what, request) => {
    const row = ROWS.get(what)
    if (row === undefined) throw new Error(`the page has no row '${what}'`)
    const send = async ({ query = {}, path = '', body }: Request) => {
      const address = `/api/collections/notes${path}?${new URLSearchParams(query)}`
      return body === undefined ? server.anonymous.get(address) : server.anonymous.post(address, body)
    }
    const [at, beyond] = [await send(request(row.value)), await send(request(row.value + 1))]
    expect({ status: at.status, error: at.body.error }).toEqual({ status: expect.any(Number), error: undefined })
    expect(`${beyond.status} \`${beyond.body.error?.code}\``).toBe(/\d{3} `[A-Z_]+`/.exec(row.beyond)?.[0] ?? '')
  })
})
