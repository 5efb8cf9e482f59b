import { afterEach, describe, expect, test } from 'bun:test'
import { EVENT_ENTRIES } from '@koyalite/contracts'
import { type DatabaseOptions, listCursors } from '@koyalite/sqlite'
import { until } from '@koyalite/testkit'
import { skipWaitingEvents } from './store/event-log'
import { type EventsWorld, NOTES, openEventsWorld, record, schemaOf, sql } from './testing/events-world'

let world: EventsWorld
const open = async (options: Partial<DatabaseOptions> = {}) => {
  world = await openEventsWorld(options)
  return world
}
afterEach(() => world.close())

const ORDER = { type: 'orders.paid', data: { total: 3 }, chain: { root: 'r', depth: 1 } }

describe('subscribers', () => {
  test('E1 each event once, in the order of the log, with its document', async () => {
    const { run, events, database } = await open()
    const { seen } = await record(events, ['notes.*'])
    await run(`INSERT INTO notes (id, text, data, raw, secret) VALUES ('a', 'x', '{"b":[1]}', x'00', 's')`)
    await run(`UPDATE notes SET text = 'y', done = 1 WHERE id = 'a'`)
    await run(`UPDATE notes SET id = 'b' WHERE id = 'a'`)
    await run(`DELETE FROM notes WHERE id = 'b'`)
    await events.caughtUp()
    const { epoch } = database.feed
    const of = (key: string) => ({ collection: 'notes', key, function: null, cause: null })
    const first = { id: 'a', text: 'x', n: 0, score: null, done: false, data: { b: [1] }, at: null }
    const second = { ...first, text: 'y', done: true }
    const third = { ...second, id: 'b' }
    expect(seen.map(({ type, seq, change }) => [type, seq, change])).toEqual([
      ['notes.created', `${epoch}.1`, { ...of('a'), doc: first, old: null }],
      ['notes.updated', `${epoch}.2`, { ...of('a'), doc: second, old: first }],
      ['notes.deleted', `${epoch}.3`, { ...of('a'), doc: null, old: second }],
      ['notes.created', `${epoch}.4`, { ...of('b'), doc: third, old: null }],
      ['notes.deleted', `${epoch}.5`, { ...of('b'), doc: null, old: third }],
    ])
    expect(new Set(seen.map(({ id }) => id)).size).toBe(5)
    expect(seen.every(({ id, at }) => /^[a-z0-9]+-[a-z0-9]+$/.test(id) && !Number.isNaN(Date.parse(at)))).toBe(true)
  })

  test('E2 only what its patterns name, from when they name it', async () => {
    const { run, events } = await open()
    await run(`INSERT INTO notes (id) VALUES ('before')`)
    const recorder = await record(events, ['notes.deleted', 'tags.created'])
    await run(`INSERT INTO notes (id) VALUES ('a')`)
    await run(`INSERT INTO tags (id, note_id) VALUES (1, 'a')`)
    await run(`DELETE FROM notes WHERE id = 'a'`)
    await events.caughtUp()
    expect(recorder.seen.map(({ type }) => type)).toEqual(['tags.created', 'notes.deleted'])
    recorder.patterns = ['notes.created']
    await recorder.subscription.changed()
    await run(`INSERT INTO notes (id) VALUES ('b')`)
    await run(`DELETE FROM notes WHERE id = 'b'`)
    await events.caughtUp()
    expect(recorder.seen.slice(2).map(({ type, change }) => [type, change?.key])).toEqual([['notes.created', 'b']])
  })

  test('E3 one that comes back goes on where it stopped, with the documents as they were', async () => {
    const { run, events } = await open()
    const first = await record(events, ['notes.*'])
    await run(`INSERT INTO notes (id, n) VALUES ('a', 0)`)
    await events.caughtUp()
    await first.subscription.end()
    for (let n = 1; n <= 300; n++) await run(`UPDATE notes SET n = ? WHERE id = 'a'`, n)
    await run(`DELETE FROM notes WHERE id = 'a'`)
    expect(first.seen).toHaveLength(1)
    const again = await record(events, ['notes.*'])
    await events.caughtUp()
    expect(again.seen.map(({ change }) => change?.doc?.n ?? null)).toEqual([
      ...Array.from({ length: 300 }, (_, n) => n + 1),
      null,
    ])
  })

  test('E4 without a pattern it costs nothing, and keeps nothing of the log', async () => {
    const { run, events, database } = await open()
    const recorder = await record(events, [])
    expect(listCursors(database)).toEqual([])
    recorder.patterns = ['*']
    await recorder.subscription.changed()
    expect(listCursors(database).map(({ name }) => name)).toEqual(['events.test'])
    recorder.patterns = []
    await recorder.subscription.changed()
    expect([listCursors(database), events.health()]).toEqual([[], []])
    await run(`INSERT INTO notes (id) VALUES ('a')`)
    await database.write((tx) => events.report(tx, { type: 'job.dead', data: null, chain: null }))
    expect(database.feed.lastSeq).toBe(1)
  })

  test('E5 one that throws is given the event again before any later one, and holds up nobody else', async () => {
    const { run, events, database } = await open()
    await database.migrate((tx) => tx.exec('CREATE TABLE pushed (id TEXT)'))
    const sound = await record(events, ['notes.*'], { name: 'sound' })
    const faulty = await record(events, ['notes.*'], { name: 'faulty' })
    let fails = true
    faulty.before = (tx, event) => {
      tx.run(sql('INSERT INTO pushed VALUES (?)', String(event.change?.key)))
      if (fails && event.change?.key === 'b') throw new Error('no room')
    }
    await database.write((tx) => {
      for (const id of ['a', 'b', 'c']) tx.run(sql('INSERT INTO notes (id) VALUES (?)', id))
    })
    await until(() => sound.seen.length === 3)
    await until(() => events.health().find(({ name }) => name === 'faulty')?.state === 'retrying')
    expect(faulty.seen.map(({ change }) => change?.key)).toEqual(['a'])
    const health = events.health().find(({ name }) => name === 'faulty')
    expect([health?.pending, health?.failing?.error]).toEqual([
      2,
      expect.stringMatching(/^notes\.created \S+: no room$/),
    ])
    fails = false
    await events.caughtUp()
    expect(faulty.seen.map(({ change }) => change?.key)).toEqual(['a', 'b', 'c'])
    expect(database.all(sql('SELECT id FROM pushed'))).toEqual([['a'], ['b'], ['c']])
    expect(events.health().map(({ name, failing, pending }) => [name, failing, pending])).toEqual([
      ['sound', null, 0],
      ['faulty', null, 0],
    ])
    await run(`INSERT INTO notes (id) VALUES ('d')`)
  })

  test('E6 one that fell out of the log goes on with what comes, and says so', async () => {
    const { run, events, database } = await open()
    const recorder = await record(events, ['notes.*'])
    await recorder.subscription.end()
    await run(`INSERT INTO notes (id) VALUES ('lost')`)
    await database.write((tx) => void tx.run(sql(`UPDATE _koyalite_cursors SET state = 'broken'`)))
    const again = await record(events, ['notes.*'])
    await until(() => events.health()[0]?.state === 'live')
    await run(`INSERT INTO notes (id) VALUES ('later')`)
    await events.caughtUp()
    expect(again.seen.map(({ change }) => change?.key)).toEqual(['later'])
  })

  test('E7 cursors of subscribers that there are no more are removed, others stay', async () => {
    const { events, database } = await open()
    const gone = await record(events, ['*'], { name: 'gone' })
    await record(events, ['*'], { name: 'here' })
    await gone.subscription.end()
    await events.removeAbandoned()
    expect(listCursors(database).map(({ name }) => name)).toEqual(['events.here'])
  })

  test('E3 what happens waits for one that does not know its patterns yet', async () => {
    const { run, events, database } = await open()
    const seen: unknown[] = []
    const subscription = events.subscribe({
      ...{ name: 'late', patterns: () => ['notes.*'] },
      deliver: (tx, { change }) => tx.afterCommit(() => void seen.push(change?.key)),
    })
    await subscription.hold()
    await run(`INSERT INTO notes (id) VALUES ('a')`)
    await subscription.hold()
    // A reload meanwhile changes nothing.
    events.use(schemaOf(NOTES))
    await events.caughtUp()
    expect([seen, listCursors(database).map(({ seq }) => seq)]).toEqual([[], [0]])
    await subscription.changed()
    await events.caughtUp()
    expect(seen).toEqual(['a'])
  })

  test('E10 in a copy and after a restore, what waited is skipped', async () => {
    const { run, events, database } = await open()
    const first = await record(events, ['notes.*'])
    await first.subscription.end()
    await run(`INSERT INTO notes (id) VALUES ('a')`)
    await database.write((tx) => void skipWaitingEvents(tx))
    const again = await record(events, ['notes.*'])
    await run(`INSERT INTO notes (id) VALUES ('b')`)
    await events.caughtUp()
    expect(again.seen.map(({ change }) => change?.key)).toEqual(['b'])
  })

  test('E8 collections that come with another schema are followed', async () => {
    const { run, events, database } = await open()
    const { seen } = await record(events, ['*'])
    await database.migrate((tx) => tx.exec('ALTER TABLE notes ADD COLUMN extra TEXT'))
    events.use(schemaOf(NOTES.replace('      raw:', '      extra: { type: string, nullable: true }\n      raw:')))
    await run(`INSERT INTO notes (id, extra) VALUES ('a', 'e')`)
    await events.caughtUp()
    expect(seen.map(({ change }) => change?.doc)).toMatchObject([{ id: 'a', extra: 'e' }])
  })
})

describe('events that are no changes', () => {
  test('P1 are delivered in their place among the changes of their transaction', async () => {
    const { events, database } = await open()
    const { seen } = await record(events, ['*'])
    await database.write((tx) => {
      tx.run(sql(`INSERT INTO notes (id) VALUES ('a')`))
      events.publish(tx, ORDER)
      tx.run(sql(`INSERT INTO notes (id) VALUES ('b')`))
    })
    await events.caughtUp()
    expect(seen.map(({ type, seq, data, chain }) => [type, seq === null, data, chain])).toEqual([
      ['notes.created', false, null, null],
      ['orders.paid', true, { total: 3 }, { root: 'r', depth: 1 }],
      ['notes.created', false, null, null],
    ])
  })

  test('P2 are nothing where the transaction is rolled back', async () => {
    const { events, database } = await open()
    const { seen } = await record(events, ['*'])
    const failed = database.write((tx) => {
      events.publish(tx, ORDER)
      throw new Error('no')
    })
    await failed.catch(() => {})
    await events.caughtUp()
    expect([seen, database.feed.lastSeq]).toEqual([[], 0])
  })

  test('P3 have names of their own, and a bounded size', async () => {
    const { events, database } = await open()
    const publish = (type: string, data = '') =>
      database.write((tx) => events.publish(tx, { type, data, chain: null })).then(() => 'published')
    expect(await publish('orders.paid')).toBe('published')
    for (const type of [
      'auth.login',
      'job.dead',
      'function.x',
      'mail.sent',
      'notes.created',
      'notes.x',
      'orders',
      'Orders.paid',
      'a..b',
      'a.*',
      '',
    ]) {
      expect(events.ownTypeProblems(type)).toHaveLength(1)
      expect(publish(type)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' })
    }
    expect(publish('orders.paid', 'x'.repeat(240 * 1024))).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
    expect(events.ownTypeProblems('authors.joined')).toEqual([])
  })

  test('P4 patterns that name nothing are refused, with what was meant', async () => {
    const { events } = await open()
    for (const pattern of [
      '*',
      'notes.created',
      'notes.*',
      'auth.*',
      'auth.login',
      'job.dead',
      'orders.paid',
      'orders.*',
      'notes_sent.*',
    ]) {
      expect([pattern, events.patternProblem(pattern)]).toEqual([pattern, null])
    }
    expect(events.patternProblem('note.created')).toContain("did you mean 'notes'?")
    expect(events.patternProblem('notes.create')).toContain('notes.created, notes.updated, notes.deleted')
    expect(events.patternProblem('auth.logn')).toContain('auth.login')
    expect(events.patternProblem('mail.sent')).toContain('mail.delivered')
    expect(events.patternProblem('mail.*')).toBeNull()
    for (const pattern of ['', 'notes', 'n*', '*.created', 'notes.*.x', 'Notes.created']) {
      expect(events.patternProblem(pattern)).toContain('is not an event')
    }
  })

  test('P5 of the server are stored while somebody subscribes to them', async () => {
    const { events, database } = await open()
    const { seen } = await record(events, ['job.*'])
    await database.write((tx) => {
      events.report(tx, { type: 'job.dead', data: { id: 'j' }, chain: null })
      events.report(tx, { type: 'auth.login', data: { id: 'u', kind: 'user' }, chain: null })
    })
    await events.caughtUp()
    expect(seen.map(({ type, data }) => [type, data])).toEqual([['job.dead', { id: 'j' }]])
    const logged = sql('SELECT doc_id FROM _koyalite_changes WHERE collection = ?', EVENT_ENTRIES)
    expect(database.all(logged)).toEqual([['job.dead']])
  })
})

describe('notes', () => {
  test('S1 silent changes are no events, those around them and events of the same transaction are', async () => {
    const { events, database, run } = await open()
    const { seen } = await record(events, ['*'])
    await database.write((tx) => {
      tx.run(sql(`INSERT INTO notes (id, n) VALUES ('a', 1)`))
      const since = tx.lastSeq()
      tx.run(sql(`UPDATE notes SET n = 2 WHERE id = 'a'`))
      events.publish(tx, ORDER)
      tx.run(sql(`INSERT INTO notes (id) VALUES ('quiet')`))
      events.note(tx, since + 1, { function: 'inner' })
      events.note(tx, since, { silent: true })
      tx.run(sql(`UPDATE notes SET n = 3 WHERE id = 'a'`))
    })
    await run(`DELETE FROM notes WHERE id = 'quiet'`)
    await events.caughtUp()
    expect(seen.map(({ type, change }) => [type, change?.key, change?.old?.n, change?.doc?.n])).toEqual([
      ['notes.created', 'a', undefined, 1],
      ['orders.paid', undefined, undefined, undefined],
      ['notes.updated', 'a', 2, 3],
      ['notes.deleted', 'quiet', 0, undefined],
    ])
  })

  test('S2 a change says which function made it, and what led to that', async () => {
    const { events, database, run } = await open()
    const { seen } = await record(events, ['notes.*'])
    const chain = { root: 'x', depth: 3 }
    await database.write((tx) => {
      const since = tx.lastSeq()
      tx.run(sql(`INSERT INTO notes (id) VALUES ('a')`))
      events.note(tx, since, { function: 'copy', chain })
    })
    await run(`INSERT INTO notes (id) VALUES ('b')`)
    await events.caughtUp()
    expect(seen.map((event) => [event.change?.key, event.change?.function, event.chain])).toEqual([
      ['a', 'copy', chain],
      ['b', null, null],
    ])
  })

  test('S3 while nobody subscribes, only silence is noted', async () => {
    const { events, database } = await open()
    await database.write((tx) => {
      const since = tx.lastSeq()
      tx.run(sql(`INSERT INTO notes (id) VALUES ('a')`))
      events.note(tx, since, { function: 'copy' })
      tx.run(sql(`INSERT INTO notes (id) VALUES ('b')`))
      events.note(tx, since + 1, { silent: true })
    })
    const notes = sql('SELECT first, last, note FROM _koyalite_change_notes')
    expect(database.all(notes)).toEqual([[2, 2, '{"silent":true}']])
  })
})

describe('replay', () => {
  test('R1 delivers again what the log has from a time on, by the same ids', async () => {
    const { events, database, run } = await open()
    const { seen } = await record(events, ['*'])
    for (let n = 0; n < 600; n++) await run(`INSERT INTO notes (id, n) VALUES (?, ?)`, String(n), n)
    await database.write((tx) => events.publish(tx, ORDER))
    await events.caughtUp()
    const again: string[] = []
    const replay = {
      subscriber: 'test',
      patterns: ['*'],
      deliver: (_: unknown, event: { id: string }) => void again.push(event.id),
    }
    expect(await events.replay({ ...replay, from: new Date(0) })).toBe(601)
    expect(again).toEqual(seen.map(({ id }) => id))
    again.length = 0
    expect(await events.replay({ ...replay, patterns: ['orders.*'], from: new Date(0) })).toBe(1)
    expect(await events.replay({ ...replay, from: new Date(Date.now() + 1000) })).toBe(0)
    expect(again).toEqual([seen.at(-1)?.id ?? ''])
  })

  test('R2 what the subscriber is still to be given is left to it', async () => {
    const { events, run } = await open()
    const { subscription } = await record(events, ['*'])
    await run(`INSERT INTO notes (id) VALUES ('a')`)
    await events.caughtUp()
    await subscription.end()
    await run(`INSERT INTO notes (id) VALUES ('b')`)
    const late = await record(events, ['*'])
    late.before = () => {
      throw new Error('not yet')
    }
    const keys: unknown[] = []
    const deliver = (_: unknown, { change }: { change: { key: unknown } | null }) => void keys.push(change?.key)
    await events.replay({ subscriber: 'test', patterns: ['*'], from: new Date(0), deliver })
    expect(keys).toEqual(['a'])
  })

  test('R3 says how far the log reaches', async () => {
    const { events, database, run } = await open({ changes: { keepMs: 0, maxBytes: 1e9 } })
    for (const id of ['a', 'b', 'c']) await run('INSERT INTO notes (id) VALUES (?)', id)
    await until(async () => {
      await database.prune()
      return database.get(sql('SELECT min(seq) FROM _koyalite_changes'))?.[0] === 3
    })
    const at = database.get(sql('SELECT at FROM _koyalite_changes'))?.[0] as number
    const replay = { subscriber: 'test', patterns: ['*'], deliver() {} }
    expect(events.replay({ ...replay, from: new Date(at - 1) })).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      message: expect.stringContaining(new Date(at).toISOString()),
    })
    expect(await events.replay({ ...replay, from: new Date(at) })).toBe(1)
  })
})
