import type { Filter } from './driver'

/** What the scenarios run against. */
export const SCHEMA = `version: 1
types:
  status: { enum: [draft, published, "in-review"] }
collections:
  users:
    fields:
      name: { type: string, nullable: true }
    rules: { read: "true" }
  posts:
    fields:
      id:         { type: uuid, primary: true, default: auto }
      title:      { type: string, minLength: 1, maxLength: 200 }
      status:     { type: status, default: draft }
      author_id:  { type: uuid, references: users.id, nullable: true }
      slug:       { type: string, unique: true, nullable: true }
      view_count: { type: int, default: 0 }
      tags:       { type: json, nullable: true, schema: { type: array, items: { type: string } } }
      created_at: { type: timestamp, default: now }
    rules: { read: "true", create: "true", update: "true", delete: "true" }
  comments:
    fields:
      id:        { type: uuid, primary: true, default: auto }
      post_id:   { type: uuid, references: posts.id, onDelete: cascade }
      parent_id: { type: uuid, references: comments.id, nullable: true }
      text:      { type: text }
    rules: { read: "true", create: "true", update: "true", delete: "true" }
  samples:
    fields:
      id:          { type: string, primary: true }
      a_string:    { type: string, nullable: true }
      a_text:      { type: text, nullable: true }
      an_int:      { type: int, nullable: true }
      a_float:     { type: float, nullable: true }
      a_bool:      { type: bool, nullable: true }
      a_timestamp: { type: timestamp, nullable: true }
      a_date:      { type: date, nullable: true }
      a_blob:      { type: blob, nullable: true }
      a_json:      { type: json, nullable: true }
      a_uuid:      { type: uuid, nullable: true }
      a_status:    { type: status, nullable: true }
    rules: { read: "true", create: "true", update: "true", delete: "true" }
  notes:
    fields:
      id:       { type: uuid, primary: true, default: auto }
      text:     { type: string }
      owner_id: { type: uuid, references: users.id, default: auth.id, onDelete: cascade }
    rules:
      read: "auth.id != null && doc.owner_id == auth.id"
      create: "auth.id != null && doc.owner_id == auth.id"
      update: "auth.id != null && doc.owner_id == auth.id"
      delete: "auth.id != null && doc.owner_id == auth.id"
`

/** The fields of `samples` with values at the edges of their types. */
export const EDGE_VALUES: Readonly<Record<string, readonly unknown[]>> = {
  a_string: ['', 'a"b', '$&', '\\', '{x}', "it's", '✓👩‍👩‍👧', 'null', '%_*', '\u202e', ' \t\n', 'é', 'e\u0301'],
  a_text: ['x'.repeat(70_000), '\u2028'],
  an_int: [0, -1, 9_007_199_254_740_991, -9_007_199_254_740_991],
  a_float: [0.1, 1, -2.5e-300, 1.7976931348623157e308, 5e-324, 1e21],
  a_bool: [true, false],
  a_timestamp: [
    { $timestamp: '2026-01-02T03:04:05.678Z' },
    { $timestamp: '1969-12-31T23:59:59.999Z' },
    { $timestamp: '2026-10-25T01:30:00.000Z' },
    { $timestamp: '0001-01-01T00:00:00.000Z' },
    { $timestamp: '9999-12-31T23:59:59.999Z' },
  ],
  a_date: [{ $date: '2026-01-02' }, { $date: '2024-02-29' }, { $date: '0001-01-01' }, { $date: '9999-12-31' }],
  a_blob: [{ $bytes: '' }, { $bytes: 'AH+A/w==' }],
  a_json: [{ a: [1, null, { b: 'c' }] }, [], 'text', 1.5, false, { at: '2026-01-02T03:04:05.678Z', $odd: 1 }],
  a_uuid: ['00000000-0000-4000-8000-000000000000', 'ffffffff-ffff-4fff-bfff-ffffffffffff'],
  a_status: ['draft', 'in-review'],
}

/** Fields that operators compare, each with values in their order. */
export const ORDERED_VALUES: Readonly<Record<string, readonly unknown[]>> = {
  a_string: ['B', 'a', 'b', 'é'],
  an_int: [-5, 0, 3, 9_007_199_254_740_991],
  a_float: [-0.5, 0, 0.5, 3],
  a_timestamp: [
    { $timestamp: '2025-12-31T23:59:59.999Z' },
    { $timestamp: '2026-01-01T00:00:00.000Z' },
    { $timestamp: '2026-01-01T00:00:00.001Z' },
    { $timestamp: '2027-01-01T00:00:00.000Z' },
  ],
  a_date: [{ $date: '2025-12-31' }, { $date: '2026-01-01' }, { $date: '2026-01-02' }, { $date: '2027-01-01' }],
}

/** Of four documents whose values are in order and a fifth without one: which of them a filter has. */
export function operatorCases(
  field: string,
  [first, second, third, fourth]: readonly unknown[],
): readonly (readonly [filter: Filter, has: readonly number[]])[] {
  return [
    [{ [field]: { $eq: second } }, [1]],
    [{ [field]: second }, [1]],
    [{ [field]: { $ne: second } }, [0, 2, 3, 4]],
    [{ [field]: { $gt: second } }, [2, 3]],
    [{ [field]: { $gte: second } }, [1, 2, 3]],
    [{ [field]: { $lt: second } }, [0]],
    [{ [field]: { $lte: second } }, [0, 1]],
    [{ [field]: { $gt: first, $lt: fourth } }, [1, 2]],
    [{ [field]: { $in: [first, third] } }, [0, 2]],
    [{ [field]: { $in: [] } }, []],
    [{ [field]: { $nin: [first, third] } }, [1, 3, 4]],
    [{ [field]: { $eq: null } }, [4]],
    [{ [field]: { $ne: null } }, [0, 1, 2, 3]],
    [{ $not: { [field]: { $gt: second } } }, [0, 1, 4]],
    [{ $or: [{ [field]: first }, { [field]: { $eq: null } }] }, [0, 4]],
    [{ $and: [{ [field]: { $gte: second } }, { $not: { [field]: { $eq: third } } }] }, [1, 3]],
  ]
}
