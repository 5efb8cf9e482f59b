import { describe, expect, test } from 'bun:test'
import { looksAtDocument } from './looks-at-document'
import { schemaOf } from './testing/troublesome-schema'

const schema = schemaOf(`version: 1
definitions:
  "mine()": "doc.owner_id == auth.id"
  "twice()": "mine()"
  "admin()": "auth.role == 'doc'"
  "same(x)": "x == auth.id"
collections: {}
`)

describe('a rule that looks at the document', () => {
  const cases: readonly (readonly [rule: string, looks: boolean])[] = [
    ['doc.owner_id == auth.id', true],
    ['auth.id in members.filter(m, m.post_id == doc.id)', true],
    ['mine()', true],
    ['twice()', true],
    ['same(doc.owner_id)', true],
    ['"\\"" == doc.a', true],
    ["r'\\' == doc.a", true],
    ['"""a"b""" == doc.title', true],
    ['true', false],
    ['admin()', false],
    ['same(auth.id)', false],
    ['auth.role == "doc"', false],
    ["auth.role == 'a \\' doc'", false],
    ["auth.role == '''doc'doc'''", false],
    ['auth.claims.doc == true', false],
    ['auth.claims. doc', false],
    ['document == docs', false],
    ['true // doc', false],
  ]
  for (const [rule, looks] of cases) test(`${rule}: ${looks}`, () => expect(looksAtDocument(schema, rule)).toBe(looks))
})
