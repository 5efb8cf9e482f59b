import { expect, setDefaultTimeout, test } from 'bun:test'
import type { Actor } from '@koyalite/contracts'
import fc from 'fast-check'
import { unchangingHooks } from '../testing/hooks-of-functions'
import { openTestApi, type TestApi, type TestResponse, user } from '../testing/open-api'

setDefaultTimeout(120_000)

/** `KOYALITE_HOOK_RUNS=5000` for a long run; a failure prints the seed, which `KOYALITE_HOOK_SEED` repeats. */
const RUNS = Number(process.env.KOYALITE_HOOK_RUNS ?? 60)
const SEED = process.env.KOYALITE_HOOK_SEED === undefined ? {} : { seed: Number(process.env.KOYALITE_HOOK_SEED) }

const SCHEMA = `
version: 1
collections:
  rooms:
    fields:
      id: { type: string, primary: true }
      name: { type: string, minLength: 1, maxLength: 3, unique: true }
      owner: { type: string, default: nobody, write: "doc.name != 'x'" }
      open: { type: bool, default: false }
      hidden: { type: int, default: 1, internal: true }
      parent_id: { type: string, nullable: true, references: rooms.id, onDelete: cascade }
    rules:
      create: "doc.name != 'z'"
      read: "doc.open || auth.id != null"
      update: "old.name != 'y' && rooms.filter(r, r.open).size() < 3"
      delete: "doc.owner == 'nobody'"
  notes:
    fields:
      id: { type: int, primary: true, default: auto }
      room_id: { type: string, references: rooms.id, onDelete: cascade }
      next_id: { type: int, nullable: true, references: notes.id, onDelete: set null }
      count: { type: int, default: 0, min: 0, max: 5 }
      rate: { type: float, nullable: true }
      data: { type: json, nullable: true }
      day: { type: date, nullable: true }
      at: { type: timestamp, nullable: true }
      bytes: { type: blob, nullable: true, write: "auth.id != null" }
      secret: { type: string, default: s, read: "auth.id != null" }
    rules: { create: "true", read: "true", update: "doc.count >= old.count", delete: "auth.id != null" }
`

const ACTORS: readonly (Actor | 'system' | 'anonymous')[] = [
  user('00000000-0000-7000-8000-00000000000a'),
  'system',
  'anonymous',
]

interface Sent {
  readonly actor: Actor | 'system' | 'anonymous'
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

const roomKey = fc.constantFrom('a', 'b', 'c')
const noteKey = fc.integer({ min: 1, max: 4 })
const room = fc.record(
  {
    id: roomKey,
    name: fc.constantFrom('k', 'l', 'x', 'y', 'z', '', 'long', 7, { $inc: 1 }),
    owner: fc.constantFrom('nobody', 'ann', null),
    open: fc.constantFrom(true, false, 'yes'),
    hidden: fc.constant(3),
    parent_id: fc.option(roomKey),
    unknown: fc.constant(1),
  },
  { requiredKeys: [] },
)
const note = fc.record(
  {
    id: noteKey,
    room_id: roomKey,
    next_id: fc.option(noteKey),
    count: fc.constantFrom(0, 1, 5, 6, -1, { $inc: 2 }, { $inc: -1 }, 'x'),
    rate: fc.constantFrom(0.1, 1e21, -0, null, { $inc: 0.2 }),
    data: fc.constantFrom({ b: 1, a: [1.0, 'é', null] }, 'text', null, [], { $push: 1 }),
    day: fc.constantFrom('2026-02-28', '2026-02-30', null),
    at: fc.constantFrom('2026-01-01T00:00:00+02:00', '2026-01-01T00:00:00.123456Z', null),
    bytes: fc.constantFrom('aGk=', '!!', null),
    secret: fc.constantFrom('t', 's'),
  },
  { requiredKeys: [] },
)

const valid = {
  rooms: fc.record({ id: roomKey, name: fc.constantFrom('k', 'l', 'm', 'y'), open: fc.boolean() }),
  notes: fc.record({ id: noteKey, room_id: roomKey, count: fc.constantFrom(0, 1, 2) }),
}
const bodies = {
  rooms: fc.oneof({ weight: 2, arbitrary: valid.rooms }, room),
  notes: fc.oneof({ weight: 2, arbitrary: valid.notes }, note),
}
const keys = { rooms: roomKey, notes: noteKey }

const sent: fc.Arbitrary<Omit<Sent, 'actor'>> = fc
  .constantFrom('rooms' as const, 'notes' as const)
  .chain((collection) => {
    const path = `/collections/${collection}`
    const [key, body] = [keys[collection], bodies[collection] as fc.Arbitrary<object>]
    const one = (method: string, of: fc.Arbitrary<unknown>) =>
      fc.record({ method: fc.constant(method), path: key.map((id) => `${path}/${id}`), body: of })
    const operation = fc.oneof(
      fc.record({ op: fc.constantFrom('create', 'upsert'), collection: fc.constant(collection), data: body }),
      fc.record({ op: fc.constant('update'), collection: fc.constant(collection), id: key, data: body }),
      fc.record({ op: fc.constant('delete'), collection: fc.constant(collection), id: key }),
    )
    const operations = fc.array(operation, { minLength: 1, maxLength: 4 }).map((operations) => ({ operations }))
    return fc.oneof(
      { weight: 4, arbitrary: fc.record({ method: fc.constant('POST'), path: fc.constant(path), body }) },
      fc.record({
        method: fc.constant('POST'),
        path: fc.constant(path),
        body: fc.array(body, { minLength: 1, maxLength: 3 }),
      }),
      { weight: 3, arbitrary: one('PATCH', body) },
      { weight: 3, arbitrary: one('PUT', body) },
      one('PUT', body).map((request) => ({ ...request, headers: { 'if-none-match': '*' } })),
      one('DELETE', fc.constant(undefined)),
      fc.record({ method: fc.constant('POST'), path: fc.constant('/batch'), body: operations }),
    )
  })

const history = fc.array(
  fc.tuple(fc.constantFrom(...ACTORS), sent).map(([actor, one]): Sent => ({ ...one, actor })),
  {
    minLength: 5,
    maxLength: 25,
  },
)

test('with hooks that change nothing, every request comes to what it comes to without hooks', async () => {
  const plain = await openTestApi(SCHEMA)
  const hooked = await openTestApi(SCHEMA, { hooks: unchangingHooks() })
  let written = 0
  const limit = process.env.KOYALITE_HOOK_RUNS === undefined ? { interruptAfterTimeLimit: 10_000 } : {}
  await fc.assert(
    fc.asyncProperty(history, async (requests) => {
      for (const api of [plain, hooked]) await clear(api)
      for (const request of requests) {
        const [expected, found] = [await send(plain, request), await send(hooked, request)]
        if (expected.status < 300) written++
        // Hooks may give what is missing: it shows later, after what rules say.
        if (isMissing(expected)) expect(found.status).toBeGreaterThanOrEqual(400)
        else expect({ request, ...found }).toEqual({ request, ...expected })
      }
      for (const collection of ['rooms', 'notes']) {
        const list = { actor: 'system', method: 'GET', path: `/collections/${collection}?limit=500` } as const
        expect(await send(hooked, list)).toEqual(await send(plain, list))
      }
    }),
    { numRuns: RUNS, ...limit, ...SEED },
  )
  expect(written).toBeGreaterThan(0)
  for (const api of [plain, hooked]) await api.close()
})

/** Deletes everything: notes go with their rooms. */
async function clear({ system }: TestApi): Promise<void> {
  const { body } = await system('GET', '/collections/rooms?limit=500')
  for (const { id } of body.docs) await system('DELETE', `/collections/rooms/${id}`)
}

async function send(api: TestApi, { actor, method, path, body, headers }: Sent) {
  const by = actor === 'system' || actor === 'anonymous' ? api[actor] : api.as(actor)
  return comparable(await by(method, path, body, headers))
}

/** Without what differs by request and by database. */
function comparable({ status, body, headers }: TestResponse) {
  const { request_id: _, timestamp: __, ...error } = body?.error ?? {}
  return { status, body: body?.error ? error : body, etag: headers.get('etag') }
}

function isMissing({ status, body }: ReturnType<typeof comparable>): boolean {
  const details: readonly { readonly code: string }[] = body?.details ?? []
  return status === 422 && details.length > 0 && details.every(({ code }) => code === 'required')
}
