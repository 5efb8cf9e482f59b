import { expect, test } from 'bun:test'
import { parseSchema } from '@koyalite/schema'
import { ruleWarnings } from './schema-rules'

function warnings(rule: string): readonly string[] {
  const parsed = parseSchema(
    `version: 1
collections:
  blocks:
    fields: { id: { type: int, primary: true, default: auto }, user_id: { type: uuid, nullable: true } }
  posts:
    fields: { id: { type: int, primary: true, default: auto }, owner_id: { type: uuid, nullable: true }, meta: { type: json } }
    rules: { read: ${JSON.stringify(rule)} }
`,
    { file: 'schema.yaml' },
  )
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return ruleWarnings(parsed.schema, { file: 'schema.yaml' }).map(
    ({ line, column, message }) => `${line}:${column} ${message}`,
  )
}

test('a rule that reads auth.metadata, where it does', () => {
  expect(warnings("doc.id == 1 || auth.metadata.team == 'red'")).toEqual([
    '7:36 users can write auth.metadata themselves, so it must not grant access: use auth.claims',
  ])
  expect(warnings("auth.claims.team == 'red'")).toEqual([])
})

test('a date or timestamp that is none, where it stands', () => {
  expect(warnings("doc.id == 1 || today() < date('2026-02-30')")).toEqual([
    "7:46 date('2026-02-30') is always an error: there is no such value",
  ])
  expect(warnings("request.time > timestamp('yesterday')")).toEqual([
    "7:36 timestamp('yesterday') is always an error: there is no such value",
  ])
  expect(warnings("today() < date('2026-02-28') && request.time > timestamp(string(doc.meta.at))")).toEqual([])
})

test.each([
  '!blocks.exists(b, b.user_id == auth.id)',
  'blocks.all(b, b.user_id != auth.id)',
  '!(doc.id == 1 && blocks.exists(b, b.user_id == auth.id))',
  'doc.id == 1 || !blocks.exists(b, auth.id == b.user_id)',
  'blocks.exists(b, b.user_id == auth.id) == false',
  'blocks.filter(b, b.user_id == auth.id).size() == 0',
  'size(blocks.filter(b, b.user_id == auth.id)) < 3',
  '!doc.meta.exists(m, m == auth.id)',
  'blocks.exists(b, b.user_id == auth.id) ? false : true',
  'auth.id != null || !blocks.exists(b, b.user_id == auth.id)',
])('a macro that lets nobody pass over no rows: %s', (rule) => {
  expect(warnings(rule)).toEqual([expect.stringContaining('Add auth.id != null && before it')])
})

test.each([
  'blocks.exists(b, b.user_id == auth.id)',
  'auth.id != null && !blocks.exists(b, b.user_id == auth.id)',
  'auth != null && blocks.all(b, b.user_id != auth.id)',
  'auth.verified && (doc.id == 1 || !blocks.exists(b, b.user_id == auth.id))',
  'doc.owner_id == auth.id && !blocks.exists(b, b.user_id == auth.id)',
  '!(auth.id == null || blocks.exists(b, b.user_id == auth.id))',
  'auth.id != null ? !blocks.exists(b, b.user_id == auth.id) : false',
  'auth.id == null ? false : blocks.all(b, b.user_id != auth.id)',
  'size(blocks.filter(b, b.user_id == auth.id)) > 0',
  '!blocks.exists(b, b.user_id == doc.owner_id)',
  '!blocks.all(b, b.user_id == auth.id)',
])('nothing about %s', (rule) => {
  expect(warnings(rule)).toEqual([])
})

test('what stands beside a macro may name a variable from around it', () => {
  const rule = "[{'k': 1}].exists(x, x.k == 1 && !blocks.exists(b, b.user_id == auth.id))"
  expect(warnings(rule)).toEqual([expect.stringContaining('Add auth.id != null && before it')])
})
