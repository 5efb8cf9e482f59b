import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { parseSchema } from './parse-schema'
import { printSchema } from './print-schema'
import { formatProblem } from './problems'
import { deserializeSchema, serializeSchema } from './serialize-schema'
import { BLOG, EVERYTHING } from './testing/example-schemas'
import { arbitrarySchema } from './testing/schema-arbitrary'

/** The schema of a text, in its stored form: positions differ between two texts that mean the same. */
function stored(text: string): string {
  const result = parseSchema(text, { file: 's' })
  return result.ok ? serializeSchema(result.schema) : [...result.problems.map(formatProblem), text].join('\n')
}

function printed(text: string): string {
  const result = parseSchema(text, { file: 's' })
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return printSchema(result.schema)
}

test('a printed schema means the same', () => {
  for (const text of [BLOG, EVERYTHING]) expect(stored(printed(text))).toBe(stored(text))
})

test('parse ∘ print = identity', () => {
  const property = fc.property(arbitrarySchema, (schema) => {
    expect(stored(printSchema(schema))).toBe(serializeSchema(schema))
  })
  fc.assert(property, { numRuns: 200 })
})

test('a stored schema comes back as it was', () => {
  const property = fc.property(arbitrarySchema, (schema) => {
    expect(deserializeSchema(serializeSchema(schema))).toEqual(schema)
  })
  fc.assert(property, { numRuns: 100 })
})

test('a field is one line', () => {
  expect(printed(EVERYTHING).split('\n')).toContain('      score: { type: float, default: 0, min: 0, max: 100 }')
})
