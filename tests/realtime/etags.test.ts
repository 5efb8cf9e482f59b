import { describe, expect, test } from 'bun:test'
import { type EventStream, expectError, expectStatus, openEventStream, useServer } from '@koyalite/testkit'

const server = useServer({
  schema: `
version: 1
collections:
  topics:
    fields:
      id: { type: string, primary: true }
      name: { type: string, nullable: true }
    rules: { read: "true" }
  notes:
    fields:
      id:     { type: int, primary: true, default: auto }
      topic:  { type: string, nullable: true, references: topics.id }
      text:   { type: string, default: "" }
      secret: { type: string, nullable: true, read: "auth.role == 'admin'" }
    rules: { read: "true" }
`,
})

const NOTES = '/api/collections/notes'
const create = async (doc: object): Promise<number> => expectStatus(await server.api.post(NOTES, doc), 201).body.id
const change = async (id: number, patch: object) => expectStatus(await server.api.patch(`${NOTES}/${id}`, patch), 200)
/** As one document has it, for a caller who is nobody. */
const etagOf = async (id: number) => (await server.anonymous.get(`${NOTES}/${id}`)).headers.get('etag')

describe('etags=true in a list', () => {
  test.each(['', '&fields=id', '&fields=id,text&sort=-text', '&expand=topic', '&expand=topic&fields=id&count=true'])(
    'gives the tag of each document, whatever it shows%s',
    async (more) => {
      await server.api.post('/api/collections/topics', [{ id: crypto.randomUUID() }])
      const topic = (await server.api.list('topics', { limit: 1 })).body.docs[0].id
      const ids = [await create({ text: 'a', topic }), await create({ text: 'b' })]
      const url = `${NOTES}?filter=id:in:${ids}&etags=true${more}`
      const { docs, etags, ...rest } = expectStatus(await server.anonymous.get(url), 200).body
      expect(etags).toEqual(await Promise.all(docs.map(({ id }: { id: number }) => etagOf(id))))
      const plain = (await server.anonymous.get(url.replace('&etags=true', ''))).body
      expect({ docs, ...rest }).toEqual(plain)
    },
  )

  test('is a tag that a write takes, and tells nothing of what the caller may not read', async () => {
    const id = await create({ text: 'x', secret: 's' })
    const read = async () => (await server.anonymous.get(`${NOTES}?filter=id:eq:${id}&etags=true`)).body.etags[0]
    const before = await read()
    await change(id, { secret: 't' })
    expect(await read()).toBe(before)
    const own = (await server.api.get(`${NOTES}?filter=id:eq:${id}&etags=true`)).body.etags[0]
    expect(own).not.toBe(before)
    expectStatus(await server.api.patch(`${NOTES}/${id}`, { text: 'y' }, { 'if-match': own }), 200)
    expectError(await server.api.patch(`${NOTES}/${id}`, { text: 'z' }, { 'if-match': own }), 'PRECONDITION_FAILED')
    expect(await read()).not.toBe(before)
  })

  test('is there only where it was asked for', async () => {
    expect((await server.anonymous.get(`${NOTES}?limit=1`)).body.etags).toBeUndefined()
    expect((await server.anonymous.get(`${NOTES}?limit=1&etags=false`)).body.etags).toBeUndefined()
    expect((await server.anonymous.get(`${NOTES}?filter=id:eq:0&etags=true`)).body.etags).toEqual([])
    expectError(await server.anonymous.get(`${NOTES}?etags=yes`), 'INVALID_REQUEST')
    expectError(await server.anonymous.get(`${NOTES}/aggregate?etags=true`), 'INVALID_REQUEST')
  })
})

describe('etags=true in a live list', () => {
  const open = (query: string) => openEventStream(`${server.process.url}${NOTES}/live?${query}`)
  async function message(stream: EventStream, type: string) {
    for (;;) {
      const event = await stream.next()
      if (event === null) throw new Error('the stream has ended')
      if (event.event === type) return event.data.payload
    }
  }

  test('comes with snapshots and changes', async () => {
    const id = await create({ text: 'a' })
    const stream = await open(`filter=id:gte:${id}&etags=true`)
    expect((await message(stream, 'snapshot')).etags).toEqual([await etagOf(id)])
    const other = await create({ text: 'b' })
    expect((await message(stream, 'delta')).changes.inserts).toMatchObject([{ etag: await etagOf(other) }])
    await change(id, { text: 'c' })
    expect((await message(stream, 'delta')).changes.updates).toMatchObject([{ etag: await etagOf(id) }])
    await stream.close()
  })

  test('a change of the tag alone is an update; one that the caller cannot see is none', async () => {
    const id = await create({ text: 'a', secret: 's' })
    const stream = await open(`filter=id:eq:${id}&fields=id&etags=true`)
    const before = await message(stream, 'snapshot')
    expect(before.docs).toEqual([{ id }])
    await change(id, { secret: 't' })
    await change(id, { text: 'b' })
    const { updates } = (await message(stream, 'delta')).changes
    expect(updates).toEqual([{ doc: { id }, etag: await etagOf(id) }])
    expect(updates[0].etag).not.toBe(before.etags[0])
    await stream.close()
  })

  test('a list with tags continues as one with tags, and as no other', async () => {
    const id = await create({ text: 'a' })
    const list = `filter=id:eq:${id}`
    const read = await server.anonymous.get(`${NOTES}?${list}&etags=true&resume=true`)
    const since = encodeURIComponent(read.headers.get('koyalite-resume') ?? '')
    await change(id, { text: 'b' })
    const same = await open(`${list}&etags=true&since=${since}`)
    expect((await message(same, 'subscribed')).resumed).toBe(true)
    expect((await message(same, 'delta')).changes.updates).toMatchObject([{ etag: await etagOf(id) }])
    const other = await open(`${list}&since=${since}`)
    expect((await message(other, 'subscribed')).resumed).toBe(false)
    await Promise.all([same.close(), other.close()])
  })
})
