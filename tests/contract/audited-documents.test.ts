import { expect, test } from 'bun:test'
import { createKey, expectStatus, runKoyalite, useServer } from '@koyalite/testkit'

const SCHEMA = `
version: 1
collections:
  users:
    audit: true
    fields: { name: { type: string, nullable: true } }
    rules: { read: "doc.id == auth.id" }
  patients:
    audit: true
    fields:
      id: { type: string, primary: true }
      name: { type: string }
      born: { type: int, default: 1970 }
      notes: { type: json, nullable: true }
      scan: { type: blob, nullable: true }
      pin_token: { type: string, nullable: true }
      hidden: { type: string, nullable: true, internal: true }
      doctor_id: { type: uuid, references: users.id, onDelete: set null, nullable: true }
    rules: { read: "auth.id != null", create: "auth.id != null", update: "auth.id != null", delete: "auth.id != null" }
  visits:
    fields:
      id: { type: int, primary: true, default: auto }
      patient_id: { type: string, references: patients.id, onDelete: cascade }
      reason: { type: string }
    rules: { read: "true" }
  reports:
    audit: true
    fields:
      id: { type: int, primary: true, default: auto }
      visit_id: { type: int, references: visits.id, onDelete: cascade }
  rooms:
    fields: { id: { type: string, primary: true } }
    rules: { read: "true" }
`
const server = useServer({ schema: SCHEMA })

// biome-ignore lint/suspicious/noExplicitAny: entries are looked into as what they are, JSON
type Entry = any

/** Entries that `act` makes, oldest first. */
async function entriesOf(act: () => Promise<unknown>, query = 'event=document.*'): Promise<readonly Entry[]> {
  const newest = async () => expectStatus(await server.api.get(`/api/admin/audit?limit=500&${query}`), 200).body.entries
  const before = (await newest())[0]?.seq ?? 0
  await act()
  return (await newest()).filter((entry: Entry) => entry.seq > before).toReversed()
}

const create = (id: string, more: object = {}) =>
  server.api.post('/api/collections/patients', { id, name: `Patient ${id}`, ...more })

test('a write is recorded with actor, address, request, and the document before and after', async () => {
  const entries = await entriesOf(async () => {
    expectStatus(
      await server.api.post(
        '/api/collections/patients',
        { id: 'w', name: 'Wim', notes: { a: 1 }, scan: 'AAEC', pin_token: 'hunter2' },
        { 'x-request-id': 'write-1' },
      ),
      201,
    )
    expectStatus(await server.api.patch('/api/collections/patients/w', { name: 'Wilma', born: 1980 }), 200)
    expectStatus(await server.api.put('/api/collections/patients/w', { name: 'Wanda' }), 200)
    expectStatus(await server.api.delete('/api/collections/patients/w'), 204)
  })
  expect(entries.map(({ event }) => event)).toEqual([
    'document.created',
    'document.updated',
    'document.updated',
    'document.deleted',
  ])
  const [created, updated, replaced, deleted] = entries
  expect(created).toMatchObject({
    outcome: 'success',
    actor: { kind: 'service_key', id: expect.any(String) },
    ip: '127.0.0.1',
    target: { kind: 'document', id: 'w', name: 'patients' },
    details: { collection: 'patients', before: null },
  })
  expect(created.details.after).toEqual({
    id: 'w',
    name: 'Wim',
    born: 1970,
    notes: { a: 1 },
    scan: '3 bytes',
    pin_token: expect.not.stringContaining('hunter2'),
    doctor_id: null,
  })
  expect(updated.details).toMatchObject({
    before: { name: 'Wim', born: 1970 },
    after: { name: 'Wilma', born: 1980 },
  })
  expect(replaced.details.after).toMatchObject({ name: 'Wanda', born: 1970, notes: null })
  expect(deleted.details).toMatchObject({ before: { name: 'Wanda' }, after: null })
  expect(new Set(entries.map(({ request_id }) => request_id)).size).toBe(4)
})

test('the request id is that of the response', async () => {
  let id: string | null = null
  const [entry] = await entriesOf(async () => {
    id = expectStatus(await create('request'), 201).headers.get('x-request-id')
  })
  expect(entry.request_id).toBe(id)
})

test('refused and rolled back writes leave no entry, and neither does an update that changes nothing', async () => {
  expectStatus(await create('same'), 201)
  const entries = await entriesOf(async () => {
    expectStatus(await create('same'), 409)
    expectStatus(await server.anonymous.post('/api/collections/patients', { id: 'x', name: 'X' }), 401)
    expectStatus(await server.anonymous.get('/api/collections/patients'), 401)
    expectStatus(await server.api.get('/api/collections/patients/nobody'), 404)
    expectStatus(await server.api.patch('/api/collections/patients/same', { born: 1970 }), 200)
    const operations = [
      { op: 'create', collection: 'patients', data: { id: 'undone', name: 'U' } },
      { op: 'create', collection: 'patients', data: { id: 'same', name: 'S' } },
    ]
    expectStatus(await server.api.post('/api/batch', { operations }), 409)
  })
  expect(entries).toEqual([])
})

test('a batch and an array leave an entry for each document, each with its own before and after', async () => {
  const entries = await entriesOf(async () => {
    const operations = [
      { op: 'create', collection: 'patients', data: { id: 'b', name: '1' } },
      { op: 'update', collection: 'patients', id: 'b', data: { name: '2' } },
      { op: 'upsert', collection: 'patients', id: 'b', data: { name: '3' } },
      { op: 'create', collection: 'rooms', data: { id: 'r' } },
      { op: 'delete', collection: 'patients', id: 'b' },
      { op: 'create', collection: 'patients', data: { id: 'b', name: '4' } },
    ]
    expectStatus(await server.api.post('/api/batch', { operations }), 200)
    const array = [
      { id: 'b1', name: 'b1' },
      { id: 'b2', name: 'b2' },
    ]
    expectStatus(await server.api.post('/api/collections/patients', array), 201)
  })
  const told = entries.map(({ event, target, details }) => [
    event,
    target.id,
    details.before?.name,
    details.after?.name,
  ])
  expect(told).toEqual([
    ['document.created', 'b', undefined, '1'],
    ['document.updated', 'b', '1', '2'],
    ['document.updated', 'b', '2', '3'],
    ['document.deleted', 'b', '3', undefined],
    ['document.created', 'b', undefined, '4'],
    ['document.created', 'b1', undefined, 'b1'],
    ['document.created', 'b2', undefined, 'b2'],
  ])
})

test('an assertion is recorded as the list that it is, whether or not it holds', async () => {
  expectStatus(await create('asked', { born: 1960 }), 201)
  const assert = (where: string) => ({ op: 'assert', collection: 'patients', id: 'asked', where })
  const visit = { op: 'create', collection: 'visits', data: { patient_id: 'asked', reason: 'r' } }
  const through = {
    op: 'assert',
    collection: 'visits',
    id: { $result: 0 },
    where: "doc.patient.name == 'Patient asked'",
  }
  const room = { op: 'upsert', collection: 'rooms', id: 'r', data: {} }
  const entries = await entriesOf(async () => {
    const operations = [room, assert('doc.born < 1970'), assert('doc.born < 1950'), assert('true')]
    expectStatus(await server.api.post('/api/batch', { operations }), 412)
    expectStatus(await server.api.post('/api/batch', { operations: [visit, through] }), 200)
    expectStatus(await server.api.post('/api/batch', { operations: [visit, { ...room, op: 'x' }] }), 400)
  })
  const told = entries.map(({ event, details }) => {
    const { where, id } = Object.fromEntries(new URLSearchParams(details.query))
    return [event, details.collection, details.documents, details.keys, id, where]
  })
  expect(told).toEqual([
    ['document.listed', 'patients', 1, ['asked'], 'asked', 'doc.born < 1970'],
    ['document.listed', 'patients', 0, [], 'asked', 'doc.born < 1950'],
    ['document.listed', 'patients', null, [], expect.any(String), "doc.patient.name == 'Patient asked'"],
  ])
})

test('cascading deletes are recorded too', async () => {
  expectStatus(await create('c'), 201)
  const { body: visit } = await server.api.post('/api/collections/visits', { patient_id: 'c', reason: 'r' })
  const { body: report } = await server.api.post('/api/collections/reports', { visit_id: visit.id })
  const entries = await entriesOf(async () =>
    expectStatus(await server.api.delete(`/api/collections/visits/${visit.id}`), 204),
  )
  expect(entries.map(({ event, target }) => [event, target.name, target.id])).toEqual([
    ['document.deleted', 'reports', String(report.id)],
  ])
})

test('a read by key and a list are one entry each, with the query and the returned documents', async () => {
  expectStatus(
    await server.api.post('/api/collections/patients', [
      { id: 'r1', name: 'R' },
      { id: 'r2', name: 'R' },
    ]),
    201,
  )
  const entries = await entriesOf(async () => {
    const read = expectStatus(await server.api.get('/api/collections/patients/r1?fields=name'), 200)
    await server.api.get('/api/collections/patients/r1?fields=name', {
      headers: { 'if-none-match': read.headers.get('etag') ?? '' },
    })
    expectStatus(await server.api.head('/api/collections/patients/r1'), 200)
    expectStatus(await server.api.list('patients', { filter: 'id:in:r1,r2', fields: 'name', limit: 1 }), 200)
    expectStatus(await server.api.list('patients', { filter: 'id:eq:nobody' }), 200)
    expectStatus(await server.api.list('rooms'), 200)
  })
  expect(entries.map(({ event, details }) => [event, details.documents, details.keys])).toEqual([
    ['document.read', 1, ['r1']],
    ['document.read', 1, ['r1']],
    ['document.read', 1, ['r1']],
    ['document.listed', 1, ['r1']],
    ['document.listed', 0, []],
  ])
  expect(entries[0].target).toEqual({ kind: 'document', id: 'r1', name: 'patients' })
  expect(entries[3].target).toEqual({ kind: 'collection', id: 'patients' })
  expect(new URLSearchParams(entries[3].details.query).get('filter')).toBe('id:in:r1,r2')
})

test('documents read through another collection are recorded: expanded, filtered or sorted by', async () => {
  expectStatus(await create('e', { name: 'Eve' }), 201)
  const { body: visit } = expectStatus(
    await server.api.post('/api/collections/visits', { patient_id: 'e', reason: 'cough' }),
    201,
  )
  const { body: report } = await server.api.post('/api/collections/reports', { visit_id: visit.id })
  const entries = await entriesOf(async () => {
    const list = await server.api.list('visits', { filter: 'reason:eq:cough', expand: 'patient,reports' })
    expect(expectStatus(list, 200).body.docs[0].patient.name).toBe('Eve')
    expectStatus(await server.api.get(`/api/collections/visits/${visit.id}?expand=patient`), 200)
    expectStatus(await server.api.list('visits', { filter: 'patient.name:eq:Eve' }), 200)
    expectStatus(await server.api.list('visits', { where: "doc.patient.name == 'Eve'" }), 200)
    expectStatus(await server.api.list('visits', { sort: 'patient.name' }), 200)
    // Nothing of a patient is in these.
    expectStatus(await server.api.list('visits', { filter: 'reason:eq:cough' }), 200)
    expectStatus(await server.api.get(`/api/collections/visits/${visit.id}`), 200)
    expectStatus(await server.anonymous.list('visits'), 200)
  })
  const told = entries.map(({ event, details: { collection, through, documents, keys } }) =>
    JSON.stringify([event, collection, through, documents, keys]),
  )
  expect(told.toSorted()).toEqual(
    [
      ['document.listed', 'patients', 'visits', 1, ['e']],
      ['document.listed', 'reports', 'visits', 1, [report.id]],
      ['document.read', 'patients', 'visits', 1, ['e']],
      ['document.listed', 'patients', 'visits', null, []],
      ['document.listed', 'patients', 'visits', null, []],
      ['document.listed', 'patients', 'visits', null, []],
    ]
      .map((one) => JSON.stringify(one))
      .toSorted(),
  )
})

test('entries can be listed by collection, and a key without read access to documents does not see them here', async () => {
  expectStatus(await create('secretive', { name: 'Not for everybody' }), 201)
  const found = async (key: string) => {
    const response = await server.anonymous.get('/api/admin/audit?collection=patients&target=secretive', {
      headers: { authorization: `Bearer ${key}` },
    })
    return expectStatus(response, 200)
  }
  expect((await found(server.key)).body.entries[0].details.after.name).toBe('Not for everybody')
  const blind = await found(await createKey(server.project, 'logs'))
  expect(blind.body.entries[0]).toMatchObject({ target: { id: 'secretive' }, details: { withheld: true } })
  expect(blind.text).not.toContain('Not for everybody')
  expect((await server.api.get('/api/admin/audit?collection=rooms')).body.entries).toEqual([])
})

test('the chain holds over concurrent reads and writes', async () => {
  const entries = await entriesOf(() =>
    Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        index % 2 === 0 ? create(`many${index}`) : server.api.list('patients', { limit: 2 }),
      ),
    ),
  )
  expect(entries.length).toBe(60)
  const { body } = await server.api.get('/api/admin/audit/verify')
  expect(body.ok).toBe(true)
  const verified = await runKoyalite(['audit', 'verify', '--dir', server.project.dir])
  expect([verified.code, verified.stderr]).toEqual([0, expect.any(String)])
})
