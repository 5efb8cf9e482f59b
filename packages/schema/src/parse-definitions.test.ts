import { expect, test } from 'bun:test'
import { diffSchemas } from './migration/diff-schemas'
import type { Schema } from './model'
import { parseSchema } from './parse-schema'
import { printSchema } from './print-schema'
import { formatProblem } from './problems'
import { deserializeSchema, serializeSchema } from './serialize-schema'

function parse(...definitions: readonly string[]) {
  return parseSchema(['version: 1', 'definitions:', ...definitions.map((line) => `  ${line}`), ''].join('\n'), {
    file: 's',
  })
}

function schemaOf(...definitions: readonly string[]): Schema {
  const result = parse(...definitions)
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  return result.schema
}

test('definitions have a name, parameters and a body with its place in the file', () => {
  const { definitions } = schemaOf(
    `"is_member(workspace)": "members.exists(m, m.workspace_id == workspace)"`,
    `has_role( workspace , role ): |-`,
    `  members.exists(m,`,
    `    m.role == role)`,
    `isAdmin(): auth.role == 'admin'`,
  )
  expect([...definitions.values()]).toEqual([
    {
      name: 'is_member',
      parameters: ['workspace'],
      body: { source: 'members.exists(m, m.workspace_id == workspace)', position: { line: 3, column: 28 } },
      position: { line: 3, column: 3 },
    },
    {
      name: 'has_role',
      parameters: ['workspace', 'role'],
      body: { source: 'members.exists(m,\n  m.role == role)', position: expect.objectContaining({ line: 5 }) },
      position: { line: 4, column: 3 },
    },
    {
      name: 'isAdmin',
      parameters: [],
      body: { source: "auth.role == 'admin'", position: { line: 7, column: 14 } },
      position: { line: 7, column: 3 },
    },
  ])
  expect(schemaOf('{}').definitions.size).toBe(0)
  expect(schemaOf('').definitions.size).toBe(0)
})

test('they survive being stored and printed, and differences name them', () => {
  const schema = schemaOf(`"is_member(workspace)": "true"`, `"old(a, b)": "a == b"`)
  const stored = deserializeSchema(serializeSchema(schema))
  expect(serializeSchema(stored)).toBe(serializeSchema(schema))
  const printed = parseSchema(printSchema(schema), { file: 's' })
  expect(printed.ok && serializeSchema(printed.schema)).toBe(serializeSchema(schema))
  const next = schemaOf(`"is_member(workspace)": "false"`, `"fresh()": "true"`)
  expect(diffSchemas(schema, next).map(({ kind, line }) => [kind, line])).toEqual([
    ['additive', '~ definition is_member'],
    ['additive', '- definition old'],
    ['additive', '+ definition fresh'],
  ])
  expect(diffSchemas(schema, stored)).toEqual([])
})

test('a schema without definitions is stored as before there were any', () => {
  expect(serializeSchema(schemaOf('{}'))).not.toContain('definitions')
})

test.each([
  [
    `is_admin: "true"`,
    `3:3 'is_admin' is not a definition: write its name and parameters, like "is_admin(workspace)" or "is_admin()"`,
  ],
  [`"is admin(": "true"`, /^3:3 'is admin\(' is not a definition/],
  [
    `"is-admin()": "true"`,
    "3:3 definition name 'is-admin' is not allowed: use letters, digits and '_', at most 63 characters, starting with a letter",
  ],
  [`"_f()": "true"`, /^3:3 definition name '_f' is not allowed/],
  [`"f(user.id)": "true"`, /^3:3 parameter name 'user.id' is not allowed/],
  [`"f(a,)": "true"`, /^3:3 parameter name '' is not allowed/],
  [`"f(a, a)": "true"`, "3:3 parameter 'a' of 'f' is given twice"],
  [
    `"f(${Array.from({ length: 17 }, (_, i) => `a${i}`).join(', ')})": "true"`,
    '3:3 a definition may have at most 16 parameters',
  ],
  [`"f()": [true]`, "3:10 'f()' must be an expression in quotes, not a list"],
  [`"f()": ""`, /^3:10 'f\(\)' must be an expression, not empty/],
  [`- f`, "3:3 'definitions' must be a map of keys and values, not a list"],
])('what is no definition: %s', (line, problem) => {
  const result = parse(line)
  const [first, ...rest] = result.ok ? [] : result.problems.map((one) => formatProblem(one).replace(/^s:/, ''))
  expect(rest).toEqual([])
  if (typeof problem === 'string') expect(first).toBe(problem)
  else expect(first).toMatch(problem)
})

test('one definition a name, and the words of other programs lead to it', () => {
  const twice = parse(`"f(a)": "true"`, `"f(a, b)": "true"`)
  expect(twice.ok ? [] : twice.problems.map(formatProblem)).toEqual([
    "s:4:3 definition 'f' is given twice (first in line 3)",
  ])
  const functions = parseSchema('version: 1\nfunctions: {}\n', { file: 's' })
  expect(functions.ok ? [] : functions.problems.map(formatProblem)).toEqual([
    "s:2:1 unknown key 'functions' in the schema (did you mean 'definitions'?)",
  ])
})
