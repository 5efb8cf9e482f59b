import { afterEach, expect, test } from 'bun:test'
import type { ProjectEvent } from '@koyalite/contracts'
import { type EventsWorld, openEventsWorld, record, sql } from '../testing/events-world'

const TREE = `version: 1
collections:
  notes:
    fields:
      id: { type: string, primary: true }
      parent_id: { type: string, nullable: true, references: notes.id, onDelete: cascade }
      slug: { type: string, nullable: true, unique: true }
  tags:
    fields:
      id: { type: int, primary: true, default: auto }
      note_id: { type: string, references: notes.id, onDelete: cascade }
      name: { type: string, nullable: true }
  links:
    fields:
      id: { type: int, primary: true, default: auto }
      tag_id: { type: int, nullable: true, references: tags.id, onDelete: set null }
  others:
    fields:
      id: { type: int, primary: true, default: auto }
      slug: { type: string, references: notes.slug, onDelete: cascade }
`

let world: EventsWorld
afterEach(() => world.close())

/** Each event with its cause, which is the event of a deletion. */
const shown = (seen: readonly ProjectEvent[]) =>
  seen.map(({ type, change }) => {
    const cause = change?.cause ?? null
    if (cause === null) return `${type} ${change?.key}`
    const { id, ...of } = cause
    const found = seen.find((one) => one.id === id)
    if (found !== undefined)
      expect(found).toMatchObject({ type: of.type, change: { collection: of.collection, key: of.key } })
    return `${type} ${change?.key} by ${of.type} ${of.key}`
  })

async function deleted(patterns: readonly string[] = ['*']): Promise<() => Promise<readonly string[]>> {
  world = await openEventsWorld({ yaml: TREE })
  const { run } = world
  await run(`INSERT INTO notes (id, parent_id, slug) VALUES ('a', NULL, 's'), ('b', 'a', NULL), ('c', NULL, NULL)`)
  await run(`INSERT INTO tags (id, note_id) VALUES (1, 'a'), (2, 'b'), (3, 'c')`)
  await run(`INSERT INTO links (id, tag_id) VALUES (1, 1), (2, 3)`)
  await run(`INSERT INTO others (id, slug) VALUES (1, 's')`)
  const { seen } = await record(world.events, patterns)
  return async () => {
    await world.events.caughtUp()
    return shown(seen)
  }
}

test('H6 what a foreign key has followed names the deletion, whatever led to that in turn', async () => {
  const events = await deleted()
  await world.run(`DELETE FROM notes WHERE id = 'a'`)
  expect((await events()).toSorted()).toEqual([
    'links.updated 1 by tags.deleted 1',
    'notes.deleted a',
    'notes.deleted b by notes.deleted a',
    // Of a key that is not the primary one the log says nothing.
    'others.deleted 1',
    'tags.deleted 1 by notes.deleted a',
    'tags.deleted 2 by notes.deleted b',
  ])
})

test('H6 of several deletions in one statement each has its own', async () => {
  const events = await deleted(['tags.*'])
  await world.run(`DELETE FROM notes WHERE id IN ('b', 'c')`)
  expect((await events()).toSorted()).toEqual([
    'tags.deleted 2 by notes.deleted b',
    'tags.deleted 3 by notes.deleted c',
  ])
})

test('H6 a change that was made for itself has none, though the other document is deleted afterwards', async () => {
  const events = await deleted(['tags.*', 'links.*'])
  await world.database.write((tx) => {
    for (const text of ['UPDATE links SET tag_id = NULL WHERE id = 1', 'DELETE FROM tags WHERE id = 1'])
      tx.run(sql(text))
    // As if there was a while between them: what is done in one millisecond is taken for one statement.
    tx.run(sql('UPDATE _koyalite_changes SET at = at + seq'))
  })
  expect(await events()).toEqual(['links.updated 1', 'tags.deleted 1'])
})

test('H6 of thousands that follow one', async () => {
  const events = await deleted(['tags.deleted'])
  await world.run(
    `WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO tags (id, note_id) SELECT i, 'c' FROM n`,
  )
  await world.run(`DELETE FROM notes WHERE id = 'c'`)
  const found = await events()
  expect([found.length, found.every((one) => one.endsWith('by notes.deleted c'))]).toEqual([2992, true])
})
