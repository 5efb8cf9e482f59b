import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { expectError, expectStatus, LiveSocket, useServer } from '@koyalite/testkit'

setDefaultTimeout(120_000)

/** SQLite takes 32,766 parameters, 2,000 columns, expressions 1,000 deep, and functions of 1,000 arguments. */
const WIDTHS = [300, 1900] as const
const TYPES = ['string', 'int', 'bool', 'json', 'float', 'timestamp', 'blob', 'text'] as const
const VALUES = ['s', 1, true, { a: 1 }, 1.5, '2024-01-01T00:00:00.000Z', 'AAE=', 't'] as const

const fields = (width: number, rules: (index: number) => string) =>
  Array.from({ length: width }, (_, i) => `      f${i}: { type: ${TYPES[i % 8]}, nullable: true${rules(i)} }`).join(
    '\n',
  )

/** In `ruled` every third field has rules of its own, which look at the document. */
const ruled = (i: number) => (i % 3 === 0 ? `, read: "doc.owner != 'x'", write: "doc.owner != 'y'"` : '')

const collection = (width: number, name: string, rules: (index: number) => string, more: string) => `
  ${name}${width}:
    ${more}
    fields:
      id: { type: int, primary: true, default: auto }
      owner: { type: string, nullable: true }
      group_id: { type: string, nullable: true, references: groups.id, onDelete: cascade }
      updated_at: { type: timestamp, default: now, onUpdate: now }
${fields(width, rules)}`

const OPEN = `rules: { create: "true", read: "doc.owner != 'x'", update: "doc.owner != 'x'", delete: "true" }`
const ITSELF = (name: string) =>
  `rules: { create: "!${name}.exists(o, o.owner == 'full')", read: "true", update: "!${name}.exists(o, o.owner == 'full')" }`

const server = useServer({
  settings: 'server: { query_timeout: 60s }',
  schema: `
version: 1
collections:
  groups:
    fields: { id: { type: string, primary: true } }
    rules: { create: "true", read: "true", update: "true", delete: "true" }
${WIDTHS.map((width) => collection(width, 'wide', () => '', OPEN) + collection(width, 'ruled', ruled, `audit: true\n    ${OPEN}`) + collection(width, 'itself', () => '', ITSELF(`itself${width}`))).join('')}`,
})

const whole = (width: number, more: object) => ({
  ...Object.fromEntries(Array.from({ length: width }, (_, i) => [`f${i}`, VALUES[i % 8]])),
  ...more,
})
const many = (count: number, more: object) => Array.from({ length: count }, () => more)

for (const width of WIDTHS) {
  describe.each(['wide', 'ruled', 'itself'])(`${width} fields: %s`, (kind) => {
    const name = `${kind}${width}`
    const path = `/api/collections/${name}`

    test.each(['anonymous', 'api'] as const)('every way to write: %s', async (who) => {
      const api = server[who]
      const { id, ...made } = expectStatus(await api.post(path, whole(width, { owner: 'a' })), 201).body
      expect(made).toMatchObject(whole(width, { owner: 'a' }))
      // Together they have more values than a statement takes.
      const array = expectStatus(await api.post(path, many(Math.ceil(40_000 / width), { owner: 'b', f0: 'x' })), 201)
      expect(array.body.docs).toHaveLength(Math.ceil(40_000 / width))
      const wholes = expectStatus(await api.post(path, many(3, whole(width, { owner: 'b' }))), 201)
      expect(wholes.body.docs[2]).toMatchObject(whole(width, { owner: 'b' }))
      const operations = many(40, { op: 'create', collection: name, data: { owner: 'c' } })
      expect(expectStatus(await api.post('/api/batch', { operations }), 200).body.results).toHaveLength(40)
      const patched = expectStatus(await api.patch(`${path}/${id}`, whole(width, { f0: 'p', owner: 'a' })), 200)
      expect(patched.body).toMatchObject({ id, f0: 'p', [`f${width - 1}`]: VALUES[(width - 1) % 8] })
      expectStatus(await api.patch(`${path}/${id}`, whole(width, { f0: 'p', owner: 'a' })), 200)
      const put = expectStatus(await api.put(`${path}/${id}`, { owner: 'd', f1: 2 }), 200)
      expect(put.body).toMatchObject({ owner: 'd', f1: 2, f2: null, [`f${width - 2}`]: null })
      const upsert = [{ op: 'upsert', collection: name, id, data: whole(width, { owner: 'e' }) }]
      expectStatus(await api.post('/api/batch', { operations: upsert }), 200)
      expect(expectStatus(await api.get(`${path}/${id}`), 200).body).toMatchObject(whole(width, { id, owner: 'e' }))
    })

    test('imports and dumps', async () => {
      const import_ = (mode: string, lines: readonly object[]) =>
        server.api.request('POST', `/api/admin/import/${name}?mode=${mode}`, {
          raw: lines.map((line) => JSON.stringify(line)).join('\n'),
          headers: { 'content-type': 'application/x-ndjson' },
        })
      const lines = Array.from({ length: 150 }, (_, i) => ({ id: 10_000 + i, owner: 'i' }))
      expect(expectStatus(await import_('insert', lines), 200).body).toEqual({ imported: 150 })
      expect(expectStatus(await import_('upsert', [whole(width, { id: 10_000 })]), 200).body).toEqual({ imported: 1 })
      for (const format of ['ndjson', 'csv']) {
        const dump = expectStatus(await server.api.get(`/api/admin/dump?format=${format}&collection=${name}`), 200)
        expect(dump.text.split('\n').length).toBeGreaterThan(150)
        if (format === 'csv') continue
        const line = dump.text.split('\n').find((text) => text.includes('"id":10000,')) ?? ''
        expect(JSON.parse(line)).toMatchObject(whole(width, { id: 10_000 }))
      }
    })

    test('reads: filters, long lists of values, sorts, fields, conditions, live', async () => {
      const numbers = Array.from({ length: 1000 }, (_, i) => i).join(',')
      const texts = Array.from({ length: 50 }, (_, i) => `f${(i * 8) % (width - (width % 8))}`)
      for (const query of [
        { limit: 5, count: true },
        { limit: 5, filter: texts.map((field) => `${field}:ne:nothing`) },
        { limit: 5, filter: `f1:in:${numbers}` },
        { limit: 5, filter: `f3.a:nin:${numbers}` },
        { limit: 5, where: texts.map((field) => `doc.${field} == 's'`).join(' || ') },
        { limit: 5, where: `doc.f1 in [${numbers}]` },
        {
          limit: 5,
          where: `size([${many(700, {})
            .map(() => 'doc.f1')
            .join(',')}]) == 700`,
        },
        { limit: 5, sort: 'f0,-f1,f2,f4,f5,f7,-owner' },
        { limit: 5, fields: Array.from({ length: Math.min(width, 400) }, (_, i) => `f${i}`).join(',') },
        { limit: 5, expand: `group.${name}.group` },
      ]) {
        const response = await server.anonymous.list(name, query)
        expect([Object.values(query).join(' ').slice(0, 60), response.status, response.text.slice(0, 300)]).toEqual([
          expect.anything(),
          200,
          expect.stringContaining('"docs"'),
        ])
      }
      const socket = await LiveSocket.open(server.process.url)
      const lists = [
        { collection: name, limit: 3, sort: ['-id'] },
        { collection: name, limit: 3, filter: { $or: texts.map((field) => ({ [field]: 's' })) } },
        { collection: name, limit: 3, filter: { f1: { $in: Array.from({ length: 1000 }, (_, i) => i) } } },
      ].map((payload) => socket.follow(payload))
      for (const followed of lists) await socket.shown(followed)
      const { id } = expectStatus(await server.anonymous.post(path, whole(width, { owner: 'live' })), 201).body
      await socket.until(() => lists[0]?.list.docs[0]?.id === id)
      for (const { error } of lists) expect(error).toBe(null)
      expect(lists[0]?.list.docs[0]).toMatchObject(whole(width, { id, owner: 'live' }))
      await socket.close()
    })

    test('deletes, cascades and conflicts', async () => {
      const group = `g-${name}`
      expectStatus(await server.api.put(`/api/collections/groups/${group}`, {}), 201)
      expectStatus(await server.api.post(path, many(20, { group_id: group })), 201)
      expectError(await server.api.post(path, whole(width, { group_id: 'nothing' })), 'CONFLICT')
      expectStatus(await server.api.delete(`/api/collections/groups/${group}`), 204)
      expect((await server.api.list(name, { filter: `group_id:eq:${group}` })).body.docs).toEqual([])
    })
  })
}
