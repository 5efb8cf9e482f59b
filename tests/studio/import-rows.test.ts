import { beforeAll, describe, expect, test } from 'bun:test'
import { expectError, expectStatus, useServer } from '@koyalite/testkit'
import { createOperators, type TestOperator } from '../fixtures/operators'
import { NO_LIMITS } from '../security/accounts'

const SCHEMA = `version: 1
collections:
  books:
    fields:
      id: { type: int, primary: true, default: auto }
      title: { type: string, unique: true, maxLength: 40 }
      note: { type: text, nullable: true }
      rating: { type: float, nullable: true }
      meta: { type: json, nullable: true }
      open: { type: bool, default: true, nullable: true }
      secret: { type: string, nullable: true, internal: true }
  lists:
    fields: { id: { type: int, primary: true }, name: { type: string } }
`
const DATA = '/api/admin/data'

describe('importing and exporting rows', () => {
  const server = useServer({ schema: SCHEMA, settings: NO_LIMITS })
  const operators = new Map<string, TestOperator>()
  beforeAll(async () => {
    for (const one of await createOperators(server, 'editor', 'viewer')) operators.set(one.role, one)
  }, 60_000)

  const by = (role: string) => (operators.get(role) as TestOperator).headers
  const send = async (path: string, lines: readonly (object | string)[], role = 'editor') => {
    const body = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')
    const headers = { ...by(role), 'content-type': 'application/x-ndjson' }
    const response = await fetch(`${server.process.url}${DATA}/import/${path}`, { method: 'POST', headers, body })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) }
  }
  const exported = async (query: string, role = 'editor') => {
    const response = await fetch(`${server.process.url}${DATA}/export/${query}`, { headers: by(role) })
    return { status: response.status, text: await response.text(), headers: response.headers }
  }
  const count = async () =>
    expectStatus(await server.api.get('/api/collections/books?count=true&limit=1'), 200).body.total

  const ROWS = [
    { id: 1, title: 'one' },
    { id: 2, title: 'two', rating: 'x' },
    'no json',
    { id: 3, title: 'one' },
    { id: 4 },
  ]

  test('a dry run says of each row why it would be refused, and does nothing', async () => {
    const { body } = await send('books?dry_run=true', ROWS)
    expect(body).toMatchObject({ read: 5, inserted: 1, updated: 0, unchanged: 0, refused: 4, action: null })
    expect(
      body.rows.map(({ row, errors }: { row: number; errors: { field: string }[] }) => [row, errors[0]?.field]),
    ).toEqual([
      [1, 'rating'],
      [2, ''],
      [3, 'title'],
      [4, 'title'],
    ])
    expect(await count()).toBe(0)
  })

  test('all or nothing, or those that can be stored: as one action', async () => {
    const refused = await send('books', ROWS)
    expectError(refused as never, 'VALIDATION_ERROR')
    expect(await count()).toBe(0)
    const { body, headers } = await send('books?skip_refused=true', ROWS)
    expect(body).toMatchObject({ read: 5, inserted: 1, refused: 4, changes: [{ collection: 'books', inserted: 1 }] })
    expect(headers.get('koyalite-action')).toBe(body.action)
    expect(await count()).toBe(1)
    const again = await send('books?mode=upsert', [
      { id: 1, title: 'one' },
      { id: 2, title: 'two' },
    ])
    expect(again.body).toMatchObject({ read: 2, inserted: 1, updated: 0, unchanged: 1, refused: 0 })
    const undone = await fetch(`${server.process.url}/api/admin/changes/${again.body.action}/undo`, {
      ...{ method: 'POST', body: '{}', headers: { ...by('editor'), 'content-type': 'application/json' } },
    })
    expect(undone.status).toBe(200)
    expect(await count()).toBe(1)
  })

  test('nobody but who may write', async () => {
    expectError((await send('books', [{ title: 'x' }], 'viewer')) as never, 'FORBIDDEN')
    expectError((await send('nothing', [{ title: 'x' }])) as never, 'COLLECTION_NOT_FOUND')
    expect(await count()).toBe(1)
  })

  test('an export has what the list has, in its order, and every value as it is', async () => {
    const rows = [
      { id: 10, title: 'a,"b"', note: 'two\nlines', rating: 0.1, meta: { n: 1e21, t: 'ü' }, open: false },
      { id: 11, title: '=1+1', note: '', rating: null, meta: 'text', open: null },
      { id: 12, title: '\ttab', note: null, rating: 5e-324, meta: [], open: true },
    ]
    expect((await send('books', rows)).body).toMatchObject({ inserted: 3 })
    const list = 'books?filter=id:gte:10&sort=-id&format='
    expect((await exported(`${list}csv`)).text).toBe(
      [
        'id,title,note,rating,meta,open',
        '12,"\ttab",,5e-324,"[]",true',
        '11,"=1+1","",,"""text""",\\N',
        '10,"a,""b""","two\nlines",0.1,"{""n"":1e21,""t"":""ü""}",false',
        '',
      ]
        .join('\n')
        .replace('1e21', '1e+21')
        .replace('5e-324', '4.9406564584124654e-324'),
    )
    const ndjson = (await exported(`${list}ndjson`)).text
    expect(
      ndjson
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(rows.toReversed())
    expect(JSON.parse((await exported(`${list}json`)).text)).toEqual(rows.toReversed())
    expect((await exported('books?filter=id:gt:99&format=json')).text).toBe('[\n\n]\n')
    expect((await exported(`${list}csv&fields=title,id&escape_formulas=true`)).text).toBe(
      `title,id\n"'\ttab",12\n"'=1+1",11\n"a,""b""",10\n`,
    )
    expect((await exported(`${list}tsv&fields=id,title`)).text).toBe(
      'id\ttitle\n12\t"\ttab"\n11\t"=1+1"\n10\t"a,""b"""\n',
    )
  })

  test('internal fields and collections that one may not read are in no export', async () => {
    for (const format of ['csv', 'json'])
      expect((await exported(`books?format=${format}`, 'viewer')).text).not.toContain('secret')
    expect((await exported('books?format=csv&fields=secret')).status).toBe(400)
    expect((await exported('books?format=xlsx')).status).toBe(400)
    expect((await exported('nothing?format=csv')).status).toBe(404)
    const response = await fetch(`${server.process.url}${DATA}/export/books?format=csv`)
    expect(response.status).toBe(401)
    await response.body?.cancel()
    const { headers } = await exported('books?format=csv')
    expect(headers.get('content-disposition')).toBe('attachment; filename="books.csv"')
  })

  test('a long list is streamed, and equals the list', async () => {
    const rows = Array.from({ length: 5000 }, (_, id) => ({ id, name: `n${(id * 7919) % 5000}` }))
    expect((await send('lists', rows)).body).toMatchObject({ inserted: 5000 })
    const names = (await exported('lists?format=csv&fields=name&sort=name')).text.trim().split('\n').slice(1)
    expect(names).toEqual(rows.map(({ name }) => `"${name}"`).toSorted())
  })

  test('what is cancelled while it is stored is not stored', async () => {
    const lines = Array.from({ length: 60_000 }, (_, n) => JSON.stringify({ id: 100_000 + n, name: 'x'.repeat(50) }))
    const headers = { ...by('editor'), 'content-type': 'application/x-ndjson' }
    const cancel = new AbortController()
    const url = `${server.process.url}${DATA}/import/lists`
    const sent = fetch(url, { method: 'POST', headers, body: lines.join('\n'), signal: cancel.signal })
    setTimeout(() => cancel.abort(), 150)
    expect(await sent.then(String, (error: unknown) => (error as Error).name)).toBe('AbortError')
    // A write of ours comes after it.
    expectStatus(await server.api.post('/api/collections/lists', { id: 99_999, name: 'after' }), 201)
    const { body } = expectStatus(
      await server.api.get('/api/collections/lists?filter=id:gte:100000&count=true&limit=1'),
      200,
    )
    expect(body.total).toBe(0)
  })

  test('millions of lines that are no rows take no more memory than they are long', async () => {
    const before = await memoryOf(server.process.pid)
    const { body } = await send('lists?skip_refused=true&dry_run=true', ['0\n'.repeat(500_000)])
    expect(body).toMatchObject({ read: 500_000, refused: 500_000 })
    expect((await memoryOf(server.process.pid)) - before).toBeLessThan(150)
  })
})

/** Megabytes at the most so far. */
async function memoryOf(pid: number): Promise<number> {
  const status = await Bun.file(`/proc/${pid}/status`).text()
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024
}
