import { expect, test } from 'bun:test'
import { freshDatabase, runSteps, structure } from '../testing/migration-database'
import { apply, migration, posts, rows } from '../testing/migration-project'
import { planRollback } from './plan-rollback'

test('R1: a rollback takes the operations back, and keeps what came by itself', () => {
  const before = posts('name: { type: string }, age: { type: int, nullable: true }')
  const to = posts(
    'title: { type: string }, age: { type: int }, city: { type: string }, note: { type: text, nullable: true }',
  )
  const file = migration(
    'type: rename_field, collection: posts, from: name, to: title',
    "type: alter_field, collection: posts, field: age, fill: 'coalesce(age, 0)'",
    `type: add_field, collection: posts, field: city, fill: "'Paris'"`,
    `type: sql, up: "UPDATE posts SET note = 'x'", down: "UPDATE posts SET note = 'y'"`,
  )
  const database = freshDatabase(before)
  database.run("INSERT INTO posts VALUES ('p', 'n', NULL)")
  const { after, reversibility } = apply(database, before, to, file)
  expect(reversibility).toEqual({
    reversible: true,
    losses: ['the values that the fill replaced in posts.age are lost', 'the values of posts.city are lost'],
  })
  const rollback = planRollback(file, { before, after, current: to })
  if (!rollback.ok) throw new Error(rollback.reasons.join())
  runSteps(database, rollback.steps)
  expect(structure(database)).toEqual(
    structure(
      freshDatabase(
        posts('name: { type: string }, age: { type: int, nullable: true }, note: { type: text, nullable: true }'),
      ),
    ),
  )
  expect(rows(database, 'SELECT name, age, note FROM posts')).toEqual([['n', 0, 'y']])
})

test('R2: what cannot be rolled back says so beforehand', () => {
  const [from, to] = [posts('a: { type: string }, b: { type: json }'), posts('b: { type: int }')]
  const file = migration(
    'type: drop_field, collection: posts, field: a',
    'type: alter_field, collection: posts, field: b, fill: 0',
    'type: sql, up: SELECT 1',
  )
  const database = freshDatabase(from)
  const { after, reversibility } = apply(database, from, to, file)
  expect(reversibility).toEqual({
    reversible: false,
    reasons: ['the values of posts.a are lost', "an sql operation has no 'down'"],
  })
  expect(planRollback(file, { before: from, after, current: to })).toEqual({
    ok: false,
    reasons: ['the values of posts.a are lost', "an sql operation has no 'down'"],
  })
})
