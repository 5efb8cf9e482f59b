import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ANONYMOUS, type AuditEvent } from '@koyalite/contracts'
import { claimOperation, completeOperation } from '../testing/claim-operation'
import { user } from '../testing/open-api'
import { openTransactionApi, type TransactionApi } from '../testing/open-transaction-api'

setDefaultTimeout(30_000)

const ANN = user('00000000-0000-7000-8000-00000000000a')
const BOB = user('00000000-0000-7000-8000-00000000000b', { role: 'editor' })

const SCHEMA = `
version: 1
roles: { editor: {} }
collections:
  notes:
    fields:
      id: { type: string, primary: true }
      n: { type: int, default: 0 }
      made_at: { type: timestamp, default: now }
    rules: { create: "true", read: "true", update: "true", delete: "true" }
  drafts:
    fields:
      id: { type: uuid, primary: true, default: auto }
      title: { type: string, unique: true, maxLength: 10 }
      note_id: { type: string, references: notes.id, onDelete: cascade, nullable: true, index: true }
    rules: { create: "auth.role == 'editor'", read: "auth.role == 'editor'" }
  guarded:
    fields:
      id: { type: string, primary: true }
    rules: { create: "true", read: "notes.exists(n, n.id == doc.id)" }
  claims:
    fields:
      id: { type: string, primary: true }
      holder: { type: string }
    rules: { create: "true", read: "true", delete: "true" }
  watched:
    audit: true
    fields:
      id: { type: string, primary: true }
    rules: { create: "true", read: "true" }
  big:
    fields:
      id: { type: int, primary: true, default: auto }
      text: { type: string }
    rules: { create: "true", read: "true" }
`

const folder = mkdtempSync(join(tmpdir(), 'koyalite-transactions-'))
const events: AuditEvent[] = []
const warned: unknown[] = []
let time = 0
let api: TransactionApi
beforeAll(async () => {
  api = await openTransactionApi(SCHEMA, {
    path: join(folder, 'a.db'),
    audit: { record: (_, event) => void events.push(event) },
    now: () => time,
    warn: (...said) => void warned.push(said),
    holds: { idleMs: 120, totalMs: 400, patienceMs: 300, maxWaiting: 4 },
  })
  api.open.extend('claim', claimOperation)
  api.open.extend('complete', completeOperation)
})
afterAll(async () => {
  await api.close()
  rmSync(folder, { recursive: true })
})

const code = (response: { readonly body: { readonly error?: { readonly code: string } } | null }) =>
  response.body?.error?.code

describe.each(['optimistic', 'exclusive'] as const)('%s', (mode) => {
  const key = (name: string) => `${name}-${mode}`

  test('T1 its writes are there with its commit, all with the number of the last', async () => {
    const tx = await api.call().begin(mode)
    const { body: first } = await tx.send('POST', 'notes', { id: key('a') })
    const { body: many } = await tx.send('POST', 'notes', [{ id: key('b') }])
    const { body: put, status } = await tx.send('PUT', `notes/${key('c')}`, { n: 1 })
    expect(status).toBe(201)
    const { body: patched } = await tx.send('PATCH', `notes/${key('c')}`, { n: { $inc: 4 } })
    expect((await tx.send('DELETE', `notes/${key('b')}`)).status).toBe(204)
    expect((await api.system('GET', `notes/${key('a')}`)).status).toBe(404)
    const seq = api.database.feed.lastSeq
    const { body } = await tx.commit()
    expect(body.seq).toBe(`${api.database.feed.epoch}.${seq + 5}`)
    expect((await api.system('GET', `notes/${key('a')}`)).body).toEqual(first)
    expect(many.docs[0].id).toBe(key('b'))
    expect(patched).toEqual({ ...put, n: 5 })
    expect((await api.system('GET', `notes/${key('c')}`)).body).toEqual(patched)
    expect((await api.system('GET', `notes/${key('b')}`)).status).toBe(404)
  })

  test('T2 it is of one call, which has one at a time, and ends with it', async () => {
    const [call, other] = [api.call(), api.call()]
    const tx = await call.begin(mode)
    await tx.send('POST', 'notes', { id: key('mine') })
    expect(code(await other.send('POST', `/${tx.id}/commit`))).toBe('NOT_FOUND')
    expect(code(await other.send('GET', `/${tx.id}/api/collections/notes`))).toBe('NOT_FOUND')
    expect((await other.send('DELETE', `/${tx.id}`)).status).toBe(204)
    expect(code(await call.tryBegin('optimistic'))).toBe('TRANSACTION_OPEN')
    expect(code(await api.call().tryBegin('sideways'))).toBe('INVALID_REQUEST')
    call.end()
    expect((await api.system('POST', 'notes', { id: key('mine') })).status).toBe(201)
  })

  test('T2 once it has ended there is nothing to use, and the call may begin another', async () => {
    const call = api.call()
    for (const end of ['commit', 'rollBack'] as const) {
      const tx = await call.begin(mode)
      expect((await tx[end]()).status).toBe(end === 'commit' ? 200 : 204)
      expect(code(await tx.send('GET', 'notes'))).toBe('NOT_FOUND')
      expect(code(await tx.commit())).toBe('NOT_FOUND')
      expect((await tx.rollBack()).status).toBe(204)
    }
  })

  test('T3 its requests run in order', async () => {
    const tx = await api.call().begin(mode)
    await tx.send('POST', 'notes', { id: key('order') })
    const all = await Promise.all(
      Array.from({ length: 5 }, () => tx.send('PATCH', `notes/${key('order')}`, { n: { $inc: 1 } })),
    )
    expect(all.map(({ body }) => body.n)).toEqual([1, 2, 3, 4, 5])
    await tx.commit()
    expect((await api.system('GET', `notes/${key('order')}`)).body.n).toBe(5)
  })

  test('T4 rules, validation, preconditions and preferences are as everywhere', async () => {
    const call = api.call(ANN)
    const tx = await call.begin(mode)
    expect(code(await tx.send('POST', 'drafts', { title: 'x' }))).toBe('FORBIDDEN')
    expect(code(await tx.send('GET', 'drafts'))).toBe('FORBIDDEN')
    expect(code(await tx.send('GET', 'nothing'))).toBe('COLLECTION_NOT_FOUND')
    expect(code(await tx.send('POST', 'notes', { id: 1, n: 'x' }))).toBe('VALIDATION_ERROR')
    expect(code(await tx.send('POST', 'notes', [{ id: key('k') }, { id: key('k') }]))).toBe('CONFLICT')
    const made = await tx.send('POST', 'notes', { id: key('match') })
    const tag = made.headers.get('etag') as string
    const path = `notes/${key('match')}`
    expect(code(await tx.send('PATCH', path, { n: 1 }, { 'if-match': '"other"' }))).toBe('PRECONDITION_FAILED')
    expect((await tx.send('PATCH', path, { n: 1 }, { 'if-match': tag })).status).toBe(200)
    expect((await tx.send('PATCH', path, { n: 2 }, { prefer: 'return=minimal' })).status).toBe(204)
    expect(code(await tx.send('GET', 'notes/aggregate?values=count'))).toBe('INVALID_REQUEST')
    expect((await tx.commit()).status).toBe(200)
    expect((await api.system('GET', path)).body.n).toBe(2)
  })

  test('T7 operations of other services are a part of it, with the ids that were returned', async () => {
    const tx = await api.call().begin(mode)
    const first = await tx.run('claim', { id: key('x') })
    expect(first).toMatchObject({ status: 201, body: { created: true } })
    const { holder } = first.body
    expect((await tx.run('claim', { id: key('x') })).body).toEqual({ holder, created: false })
    expect(code(await tx.run('claim', { id: 1 }))).toBe('VALIDATION_ERROR')
    expect(code(await tx.run('complete', { id: key('none') }))).toBe('LEASE_LOST')
    expect(await tx.run('sing', {})).toMatchObject({ status: 404 })
    await tx.send('POST', 'notes', { id: key('claimed') })
    expect((await api.system('GET', `claims/${key('x')}`)).status).toBe(404)
    expect((await tx.commit()).status).toBe(200)
    expect((await api.system('GET', `claims/${key('x')}`)).body).toEqual({ id: key('x'), holder })
    expect((await api.system('GET', `notes/${key('claimed')}`)).status).toBe(200)
  })

  test('T7 one that comes with the commit is its last step, without which nothing is stored', async () => {
    await api.system('POST', 'claims', { id: key('y'), holder: 'me' })
    const call = api.call()
    for (const [n, status] of [200, 409].entries()) {
      const tx = await call.begin(mode)
      await tx.send('POST', 'notes', { id: key(`completed-${n}`) })
      const committed = await tx.commit({ complete: { id: key('y') } })
      expect(committed.status).toBe(status)
      if (status === 409) expect(code(committed)).toBe('LEASE_LOST')
      expect((await api.system('GET', `notes/${key(`completed-${n}`)}`)).status).toBe(status === 200 ? 200 : 404)
      expect(code(await tx.commit())).toBe('NOT_FOUND')
    }
    const tx = await call.begin(mode)
    expect(code(await tx.commit({ complete: { id: key('y') } }))).toBe('LEASE_LOST')
    const refused = await call.begin(mode)
    expect(code(await refused.commit({ sing: true }))).toBe('NOT_FOUND')
    expect((await refused.commit({ sing: false })).status).toBe(200)
  })

  test('T6 a read that may go through many documents is refused', async () => {
    if ((await api.system('GET', 'big?count=true&limit=1')).body.total === 0) {
      for (let page = 0; page < 6; page++) {
        await api.system(
          'POST',
          'big',
          Array.from({ length: 1000 }, (_, index) => ({ text: `${page}-${index}` })),
        )
      }
    }
    const tx = await api.call().begin(mode)
    expect((await tx.send('GET', 'big?sort=id&limit=2')).body.docs).toHaveLength(2)
    expect(code(await tx.send('GET', 'big?filter=text:contains:9-9&sort=text'))).toBe('TRANSACTION_TOO_LARGE')
    await tx.rollBack()
  })
})

describe('optimistic', () => {
  test('O1 nobody waits for it', async () => {
    const tx = await api.call().begin()
    await tx.send('POST', 'notes', { id: 'slow' })
    await Promise.all(Array.from({ length: 20 }, (_, index) => api.system('POST', 'notes', { id: `fast-${index}` })))
    expect((await tx.commit()).status).toBe(200)
  })

  test('O2 what it returns is what is stored: ids and times too', async () => {
    const tx = await api.call(BOB).begin()
    const { body: draft } = await tx.send('POST', 'drafts', { title: 'ids' })
    const { body: note } = await tx.send('PUT', 'notes/ids', { n: 3 })
    await Bun.sleep(5)
    await tx.commit()
    expect((await api.system('GET', `drafts/${draft.id}`)).body).toEqual(draft)
    expect((await api.system('GET', 'notes/ids')).body).toEqual(note)
  })

  const CHANGES: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['a document that it read', () => api.system('PATCH', 'notes/read', { n: { $inc: 1 } })],
    ['a list', () => api.system('POST', 'notes', { id: `read-${Bun.randomUUIDv7()}` })],
    ['a document that was not there', () => api.system('PUT', 'notes/read-missing', { n: 1 })],
    ['what it has written', () => api.system('PATCH', 'notes/written', { n: { $inc: 1 } })],
    ['what a rule looks at', () => api.system('PUT', 'notes/hidden', {})],
    ['what one of its writes was refused for', () => api.system('DELETE', 'notes/refused')],
  ]
  for (const [what, change] of CHANGES) {
    test(`O3, O4 a change of ${what} is a conflict, at the commit as at the rollback`, async () => {
      for (const id of ['read', 'written', 'refused']) await api.system('PUT', `notes/${id}`, { n: 1 })
      await api.system('PUT', 'guarded/hidden', {})
      for (const end of ['commit', 'rollBack', 'none'] as const) {
        await api.system('DELETE', 'notes/hidden')
        await api.system('DELETE', 'notes/read-missing')
        await api.system('PUT', 'notes/refused', {})
        const tx = await api.call(ANN).begin()
        expect((await tx.send('GET', 'notes/read')).status).toBe(200)
        expect((await tx.send('GET', 'notes?filter=id:like:read-%25&count=true')).status).toBe(200)
        expect(code(await tx.send('GET', 'notes/read-missing'))).toBe('NOT_FOUND')
        expect(code(await tx.send('GET', 'guarded/hidden'))).toBe('NOT_FOUND')
        expect((await tx.send('PATCH', 'notes/written', { n: { $inc: 1 } })).status).toBe(200)
        expect(code(await tx.send('POST', 'notes', { id: 'refused' }))).toBe('CONFLICT')
        if (end === 'none') {
          expect((await tx.commit()).status).toBe(200)
          continue
        }
        await change()
        expect(code(await tx[end]())).toBe('TRANSACTION_CONFLICT')
      }
    })
  }

  test('O3 rights are those of the commit', async () => {
    const call = api.call(BOB)
    const tx = await call.begin()
    expect((await tx.send('POST', 'drafts', { title: 'rights' })).status).toBe(201)
    call.actor = ANN
    expect(code(await tx.commit())).toBe('FORBIDDEN')
    const reading = await api.call(BOB).begin()
    expect((await reading.send('GET', 'drafts')).status).toBe(200)
    const again = api.call(BOB)
    const other = await again.begin()
    expect((await other.send('GET', 'drafts')).status).toBe(200)
    again.actor = ANONYMOUS
    expect(code(await other.commit())).toBe('TRANSACTION_CONFLICT')
    expect((await reading.commit()).status).toBe(200)
  })

  test('O3 a write that is refused only then is the error of the commit', async () => {
    const tx = await api.call(BOB).begin()
    expect((await tx.send('POST', 'drafts', { title: 'taken' })).status).toBe(201)
    expect((await api.system('POST', 'drafts', { title: 'taken' })).status).toBe(201)
    expect(code(await tx.commit())).toBe('CONFLICT')
  })

  test('O3, O4 an operation that comes to anything else then is a conflict', async () => {
    for (const end of ['commit', 'rollBack'] as const) {
      await api.system('POST', 'claims', { id: end, holder: 'somebody' })
      const tx = await api.call().begin()
      expect((await tx.run('claim', { id: end })).body).toEqual({ holder: 'somebody', created: false })
      await tx.send('POST', 'notes', { id: `after-${end}` })
      await api.system('DELETE', `claims/${end}`)
      expect(code(await tx[end]())).toBe('TRANSACTION_CONFLICT')
      expect((await api.system('GET', `claims/${end}`)).status).toBe(404)
      expect((await api.system('GET', `notes/after-${end}`)).status).toBe(404)
    }
  })

  test('O6 what looks at what it has written is not read', async () => {
    const tx = await api.call(BOB).begin()
    await tx.send('PUT', 'notes/looked', {})
    for (const path of ['notes', 'notes/looked', 'guarded', 'drafts?expand=note']) {
      expect(code(await tx.send('GET', path))).toBe('READ_AFTER_WRITE')
    }
    expect((await tx.send('GET', 'drafts')).status).toBe(200)
    await tx.send('DELETE', 'notes/looked')
    expect(code(await tx.send('GET', 'drafts'))).toBe('READ_AFTER_WRITE')
    expect((await tx.commit()).status).toBe(200)
  })

  test('O7 it reads 1,000 documents and no more', async () => {
    const tx = await api.call().begin()
    for (let page = 0; page < 10; page++)
      expect((await tx.send('GET', `big?filter=id:gt:${page}&sort=id&limit=100`)).status).toBe(200)
    expect(code(await tx.send('GET', 'big?sort=id&limit=1'))).toBe('TRANSACTION_TOO_LARGE')
    await tx.rollBack()
  })

  test('O7 it writes 1,000 documents and no more', async () => {
    const tx = await api.call().begin()
    const many = Array.from({ length: 999 }, (_, index) => ({ id: `many-${index}` }))
    expect((await tx.send('POST', 'notes', many)).status).toBe(201)
    expect((await tx.send('DELETE', 'notes/many-0')).status).toBe(204)
    expect(code(await tx.send('DELETE', 'notes/many-1'))).toBe('TRANSACTION_TOO_LARGE')
    expect((await tx.commit()).status).toBe(200)
    expect((await api.system('GET', 'notes/many-0')).status).toBe(404)
    expect((await api.system('GET', 'notes/many-998')).status).toBe(200)
  })
})

describe('exclusive', () => {
  test('E1 it reads what it has written, and a write in between waits', async () => {
    const tx = await api.call().begin('exclusive')
    await tx.send('POST', 'notes', { id: 'held' })
    const waiting = api.system('PATCH', 'notes/held', { n: 9 })
    expect((await tx.send('GET', 'notes/held')).body.n).toBe(0)
    expect((await tx.send('GET', 'notes?filter=id:eq:held')).body.docs).toHaveLength(1)
    await tx.commit()
    expect((await waiting).body.n).toBe(9)
  })

  test('E1 idle or late, it is rolled back, and says what came last', async () => {
    const call = api.call()
    const tx = await call.begin('exclusive')
    await tx.send('POST', 'notes', { id: 'idle' })
    // It is written once the other is over.
    expect((await api.system('POST', 'notes', { id: 'idle' })).status).toBe(201)
    const late = await tx.send('PATCH', 'notes/idle', { n: 1 })
    expect(code(late)).toBe('TRANSACTION_TIMEOUT')
    expect(late.body.error.message).toContain('120 ms')
    expect(late.body.error.message).toContain('notes.create')
    expect(code(await tx.commit())).toBe('TRANSACTION_TIMEOUT')
    const busy = await call.begin('exclusive')
    let last = await busy.send('GET', 'notes/idle')
    while (last.status === 200) last = await busy.send('GET', 'notes/idle')
    expect(code(last)).toBe('TRANSACTION_TIMEOUT')
    expect(last.body.error.message).toContain('400 ms')
    expect(last.body.error.message).toContain('notes.get')
    expect((await busy.rollBack()).status).toBe(204)
  })

  test('E2 who waits too long, or is one too many, is told so', async () => {
    const first = await api.call().begin('exclusive')
    const waiting = Array.from({ length: 5 }, () => api.call().tryBegin('exclusive'))
    const refused = await Promise.race(waiting.map(async (one) => await one))
    expect(code(refused)).toBe('TRANSACTION_BUSY')
    expect(refused.headers.get('retry-after')).toBe('1')
    await first.rollBack()
    await Promise.all(waiting)
  })

  test('T2 a call that ends while it waits gets nothing', async () => {
    const first = await api.call().begin('exclusive')
    const call = api.call()
    const waiting = call.tryBegin('exclusive')
    await Bun.sleep(1)
    call.end()
    await first.commit()
    await waiting
    expect((await api.system('PUT', 'notes/after', {})).status).toBe(201)
  })

  test('E3 a function that has held the writer for too long gets no more of it for a minute', async () => {
    const greedy = () => api.call(undefined, 'greedy')
    time = 1_000_000
    api.share.add('greedy', 11_900)
    await (await greedy().begin('exclusive')).commit()
    expect(warned).toEqual([])
    api.share.add('greedy', 200)
    expect(JSON.stringify(warned)).toContain('The function greedy has held the writer')
    const refused = await greedy().tryBegin('exclusive')
    expect(code(refused)).toBe('TRANSACTION_BUSY')
    expect(refused.headers.get('retry-after')).toBe('60')
    await (await greedy().begin('optimistic')).commit()
    await (await api.call(undefined, 'modest').begin('exclusive')).commit()
    time += 60_000
    await (await greedy().begin('exclusive')).commit()
    expect(warned).toHaveLength(1)
    const [held] = api.share.totals().filter(({ labels }) => labels.function === 'greedy')
    expect(held?.value).toBeGreaterThan(12)
  })

  test('E4 what it reads of audited collections is recorded, however it ends', async () => {
    await api.system('PUT', 'watched/w', {})
    for (const [end, isIdle] of [
      ['commit', false],
      ['commit', true],
      ['rollBack', false],
      ['rollBack', true],
      ['end', false],
      ['end', true],
      ['begin', true],
    ] as const) {
      const call = api.call(ANN)
      const tx = await call.begin('exclusive')
      events.length = 0
      expect((await tx.send('GET', 'watched/w')).status).toBe(200)
      expect(events).toEqual([])
      // It is written once the transaction is over.
      if (isIdle) await api.system('PUT', 'notes/idle', { n: Date.now() })
      if (end === 'end') call.end()
      else if (end === 'begin') await (await call.begin()).commit()
      else await tx[end]()
      await api.system('PUT', 'notes/recorded', {})
      expect(events.map(({ event }) => event)).toEqual(['document.read'])
    }
  })
})
