import { quoteName } from '@koyalite/contracts'
import { createDocumentValidator } from '../document-validator'
import type { Collection, Field, JsonValue } from '../model'
import { parseTimestamp } from '../timestamp'
import { type MigrationStep, NAMED_OFFENDERS, type Offender, refusal, showStored } from './migration-step'

type Row = readonly unknown[]
/** Reads rows of the database that is being migrated. */
export type ReadRows = (sql: { readonly text: string; readonly params: (string | number)[] }) => readonly Row[]

const PAGE = 1000

/**
 * Why the values of a field are not what its documents may have, or undefined where all are: type, form, range, length, enum, pattern, format and JSON
 * Schema, by the validator that writes go through. Reads the table in pages: it may be larger than memory.
 */
export function storedValueFailure(
  { collection, field }: MigrationStep & { readonly kind: 'values' },
  read: ReadRows,
): string | undefined {
  const problemOf = valueProblem(collection, field)
  const offenders: Offender[] = []
  let count = 0
  for (const [key, value] of storedValues(collection, field, read)) {
    const problem = problemOf(value)
    if (problem === undefined) continue
    if (++count <= NAMED_OFFENDERS) offenders.push({ key, has: `${showStored(value)}, which ${problem}` })
  }
  if (count === 0) return undefined
  const name = `${collection.name}.${field.name}`
  const advice = `add a fill that changes them (alter_field … fill), or relax ${name} in schema.yaml`
  const key = collection.primaryKey.name
  return refusal({ message: `${name} has values that are not valid`, advice, key, count, offenders })
}

function* storedValues(collection: Collection, field: Field, read: ReadRows): Generator<Row> {
  const [key, column] = [quoteName(collection.primaryKey.column), quoteName(field.column)]
  const page = (after: string, ...params: (string | number)[]) =>
    read({
      text: `SELECT ${key}, ${column} FROM ${quoteName(collection.table)} WHERE ${after} AND ${column} IS NOT NULL ORDER BY ${key} LIMIT ${PAGE}`,
      params,
    })
  let rows = page(`${key} IS NOT NULL`)
  for (let last: unknown; ; ) {
    yield* rows
    const next = rows.at(-1)?.[0] as string | number | undefined
    // A number that JavaScript cannot hold comes rounded, and could lead nowhere.
    if (rows.length < PAGE || next === undefined || next === last) return
    last = next
    rows = page(`${key} > ?`, next)
  }
}

/** What is wrong with a stored value, in words after "which", or undefined. */
function valueProblem(collection: Collection, field: Field): (value: unknown) => string | undefined {
  const validator = createDocumentValidator(collection)
  return (stored) => {
    const value = documentValue(field, stored)
    if (value === undefined) return `is not ${field.type === 'json' ? 'JSON' : `of type ${field.type}`}`
    const [violation] = validator.violations('update', { [field.name]: value })
    if (violation) return violation.message.replace(`${field.name} `, '')
    const form = canonical(field, stored)
    return form === stored ? undefined : `must be written as '${form}'`
  }
}

/** A stored value as a document has it; undefined where no document could. */
function documentValue({ type }: Field, stored: unknown): JsonValue | undefined {
  switch (type) {
    case 'bool':
      return stored === 1 ? true : stored === 0 ? false : undefined
    case 'blob':
      return stored instanceof Uint8Array ? '' : undefined
    case 'json':
      return typeof stored === 'string' ? parsed(stored) : undefined
    default:
      return typeof stored === 'string' || typeof stored === 'number' ? stored : undefined
  }
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
}

/** The one form in which a value is stored. */
function canonical({ type }: Field, stored: unknown): unknown {
  if (typeof stored !== 'string') return stored
  if (type === 'uuid') return stored.toLowerCase()
  return type === 'timestamp' ? parseTimestamp(stored) : stored
}
