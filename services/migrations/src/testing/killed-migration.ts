import { parseText } from './migration-project'

const KEY = 'id: { type: int, primary: true, default: auto }'

/** What a project begins as, and what its migrations make of it. */
export const schemaBefore = parseText(
  `version: 1\ncollections: { posts: { fields: { ${KEY}, a: { type: string, index: true }, n: { type: string } } }, notes: { fields: { ${KEY}, post: { type: int, references: posts.id } } } }`,
)
export const migrationOfTest = parseText(
  `version: 1\ncollections: { posts: { fields: { ${KEY}, b: { type: string, unique: true }, n: { type: int } } }, notes: { fields: { ${KEY}, post: { type: int, references: posts.id }, extra: { type: timestamp, default: now } } } }`,
)

export const MIGRATION_FILES: Readonly<Record<string, string>> = {
  'migrations/001_m1.yaml':
    'version: 1\nname: m1\noperations:\n  - { type: rename_field, collection: posts, from: a, to: b }\n  - { type: alter_field, collection: posts, field: b, fill: "b || id" }\n',
  'migrations/002_m2.yaml':
    'version: 2\nname: m2\noperations:\n  - { type: sql, up: "UPDATE posts SET n = n + 1", down: "UPDATE posts SET n = n - 1" }\n  - { type: alter_field, collection: posts, field: n, fill: "CAST(n AS INTEGER)" }\n',
}
