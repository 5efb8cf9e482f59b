import { expect, test } from 'bun:test'
import { formatProblem } from '../problems'
import { parseMigration } from './migration-file'

function problems(text: string, file = 'migrations/002_x.yaml'): readonly string[] {
  const result = parseMigration(text, { file })
  return result.ok ? [] : result.problems.map(formatProblem)
}

test('a migration is read with all its operations', () => {
  const text = `version: 2
name: rename_user_name
description: Rename 'name' to 'display_name'
operations:
  - { type: rename_field, collection: users, from: name, to: display_name }
  - { type: add_field, collection: users, field: city, fill: "'Paris'" }
  - { type: alter_field, collection: users, field: age, fill: 0 }
  - type: sql
    up: |
      UPDATE users SET display_name = 'Anonymous' WHERE display_name IS NULL;
    down: |
      -- No rollback needed
`
  const result = parseMigration(text, { file: 'migrations/002_rename_user_name.yaml' })
  expect(result.ok && result.migration).toMatchObject({
    version: 2,
    name: 'rename_user_name',
    operations: [
      { type: 'rename_field', collection: 'users', from: 'name', to: 'display_name' },
      { type: 'add_field', collection: 'users', field: 'city', fill: "'Paris'" },
      { type: 'alter_field', collection: 'users', field: 'age', fill: '0' },
      {
        type: 'sql',
        up: "UPDATE users SET display_name = 'Anonymous' WHERE display_name IS NULL;\n",
        down: '-- No rollback needed\n',
      },
    ],
  })
})

test('everything that is wrong with it is said at once', () => {
  const text = `version: 3
nme: x
operations:
  - { type: rename_feild, collection: users }
  - { type: remove_field, collection: users }
  - { type: drop_field, colection: users }
  - { type: sql, up: "" }
  - drop everything
`
  expect(problems(text)).toEqual([
    "migrations/002_x.yaml:1:1 a migration must have 'name'",
    'migrations/002_x.yaml:1:10 version 3 does not match the file name, which has 002',
    "migrations/002_x.yaml:2:1 unknown key 'nme' in a migration (did you mean 'name'?)",
    "migrations/002_x.yaml:4:13 unknown operation 'rename_feild' (did you mean 'rename_field'?)",
    "migrations/002_x.yaml:5:13 unknown operation 'remove_field' (did you mean 'drop_field'?)",
    "migrations/002_x.yaml:6:5 operation drop_field must have 'collection'",
    "migrations/002_x.yaml:6:5 operation drop_field must have 'field'",
    "migrations/002_x.yaml:6:25 unknown key 'colection' in operation drop_field (did you mean 'collection'?)",
    "migrations/002_x.yaml:7:22 'up' must not be empty",
    "migrations/002_x.yaml:8:5 an operation must be a map: { type: rename_field, … }, not 'drop everything'",
  ])
  expect(problems('version: 2\nname: x\noperations: []')).toEqual([
    "migrations/002_x.yaml:3:13 'operations' is empty: add an operation, or delete this file",
  ])
})
