import { describe, expect, test } from 'bun:test'
import { formatProblem, parseSchema } from '@koyalite/schema'
import { compileEventCondition, eventConditionProblem } from './event-condition'

const SCHEMA = `version: 1
definitions:
  "is_open(state)": "state in ['draft', 'review']"
  "is_mine()": "doc.author_id == auth.id"
collections:
  posts:
    fields:
      id: { type: int, primary: true, default: auto }
      title: { type: string }
      state: { type: string }
      views: { type: int }
      at: { type: timestamp, nullable: true }
      file: { type: blob, nullable: true }
      notes: { type: string, internal: true, nullable: true }
      author_id: { type: uuid, nullable: true, references: users.id }
`

const parsed = parseSchema(SCHEMA, { file: 's' })
if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
const { schema } = parsed
const collection = schema.collections.get('posts') ?? null
const UPDATED = { collection, type: 'posts.updated' }
const POST = { id: 1, title: 'A', state: 'draft', views: 3, at: '2026-01-31T00:00:00.000Z', author_id: null }

describe('a condition on an event', () => {
  test.each([
    ["doc.state == 'published'", false],
    ['doc.state != old.state && doc.views > 2', true],
    ["type == 'posts.updated'", true],
    ["type.endsWith('.created') || is_open(doc.state)", true],
    ["doc.at < timestamp('2026-02-01T00:00:00Z')", true],
    ['doc.views / 0 == 1', 'error'],
    ['has(doc.author_id)', false],
  ] as const)('%s', (source, expected) => {
    expect(eventConditionProblem(schema, UPDATED, source)).toBeNull()
    expect(compileEventCondition(schema, UPDATED, source)({ doc: POST, old: { ...POST, state: 'published' } })).toBe(
      expected,
    )
  })

  test('fails on a document that is not there, unless that does not matter', () => {
    const created = { collection, type: 'posts.created' }
    const holds = (source: string) => compileEventCondition(schema, created, source)({ doc: POST, old: null })
    expect(holds("old.state == 'draft'")).toBe('error')
    expect(holds("type == 'posts.updated' && old.state == 'draft'")).toBe(false)
    expect(holds("type == 'posts.created' || old.state == 'draft'")).toBe(true)
  })

  test.each([
    [
      'auth.id != null',
      "unknown name 'auth' (an event has doc, old and type; one that is not about a document has type)",
    ],
    ['is_mine()', /^in 'is_mine': unknown name 'auth'/],
    ['request.ip == "1"', /^unknown name 'request'/],
    ['posts.exists(p, p.views > 1)', /^unknown name 'posts'/],
    ['doc.author.email == "a"', /^doc\.author_id leads to another document/],
    ['doc.notes == "a"', /notes/],
    ['doc.file == b"a"', /file/],
    ['doc.titel == "a"', /did you mean 'title'/],
    ['doc.views', /must be a bool/],
    ['doc.', /./],
  ])('%s is refused', (source, message) => {
    const problem = eventConditionProblem(schema, UPDATED, source) ?? ''
    if (typeof message === 'string') expect(problem).toBe(message)
    else expect(problem).toMatch(message)
  })

  test('an event that is not about documents has its type', () => {
    const place = { collection: null, type: 'job.dead' }
    expect(compileEventCondition(schema, place, "type == 'job.dead'")({ doc: null, old: null })).toBe(true)
    expect(eventConditionProblem(schema, place, 'doc.id == 1')).toMatch(/^unknown name 'doc' \(an event has/)
  })
})
