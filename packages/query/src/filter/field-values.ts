import type { ErrorDetail } from '@koyalite/contracts'
import type { Collection, Field, JsonValue, Schema } from '@koyalite/schema'
import type { ReadAccess } from '../access/read-access'
import { viewOf } from '../list/collection-view'
import { type Condition, EVERYTHING } from './condition'
import { checked, enumProblem } from './filter-value'

/** The condition that fields have certain values, or everything that is wrong with them. */
export type FieldValues = { readonly condition: Condition } | { readonly problems: readonly ErrorDetail[] }

/**
 * The condition that each of these fields has this value, as documents have it in JSON. Values are never operators. Fields that the
 * actor may not read do not exist.
 */
export function parseFieldValues(
  schema: Schema,
  collection: Collection,
  values: Readonly<Record<string, JsonValue>>,
  access: ReadAccess,
): FieldValues {
  const { fields } = viewOf(schema, collection, access)
  const conditions: Condition[] = []
  const problems: ErrorDetail[] = []
  for (const [name, given] of Object.entries(values)) {
    const field = fields.get(name)
    const read = field && comparedValue(field, given)
    if (!field || !read) {
      problems.push({ field: name, code: 'unknown', message: `${name} is not a field of this collection` })
    } else if ('problem' in read) {
      problems.push({ field: name, code: 'type', message: `${name} ${read.problem}` })
    } else {
      const path = { text: name, root: collection, references: [], collection, field, json: [] }
      conditions.push({ kind: 'compare', op: 'eq', path, value: read.value })
    }
  }
  if (problems.length > 0) return { problems }
  return { condition: conditions.length === 0 ? EVERYTHING : { kind: 'all', of: conditions } }
}

function comparedValue(field: Field, given: JsonValue): ReturnType<typeof checked> {
  if (given === null) return { value: null }
  const read = checked(field, given)
  if ('problem' in read) return read
  const problem = enumProblem(field, read.value)
  return problem === null ? read : { problem }
}
