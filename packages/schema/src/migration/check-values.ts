import { quoteName, quoteText } from '../ddl'
import type { Collection, Field, Schema } from '../model'
import { diffField } from './diff-field'
import type { MigrationStep } from './migration-step'

/**
 * The checks, over the new tables, that existing documents fulfil what is stricter now: ranges, lengths, enums, uniqueness and references. Patterns, formats
 * and JSON Schemas cannot be checked in SQL.
 */
export function checkNewConstraints(
  before: Collection,
  after: Collection,
  to: Schema,
  fills: ReadonlyMap<string, string> | undefined,
): readonly MigrationStep[] {
  const ofFields = [...after.fields.values()].flatMap((field) => {
    const old = before.fields.get(field.name)
    const isFilled = fills?.has(`${after.name}.${field.name}`)
    const isStricter = old && diffField(old, field).some((change) => change.stricter !== undefined)
    return isFilled || isStricter ? fieldChecks(after, field, to) : []
  })
  const indexes = after.indexes.filter((index) => {
    const old = before.indexes.find((candidate) => candidate.name === index.name)
    const isNew = !old?.unique || old.fields.join() !== index.fields.join()
    const hasNewValues = index.fields.some((name) => {
      return fills?.has(`${after.name}.${name}`) || before.fields.get(name)?.type !== after.fields.get(name)?.type
    })
    return index.unique && (isNew || hasNewValues)
  })
  return [
    ...ofFields,
    ...indexes.map((index) => ({
      ...uniqueCheck(after, index.fields, `index ${index.name} of ${after.name}`),
      index: index.name,
    })),
  ]
}

function fieldChecks(collection: Collection, field: Field, to: Schema): readonly MigrationStep[] {
  const name = `${collection.name}.${field.name}`
  const column = quoteName(field.column)
  const { validation } = field
  const conditions: (readonly [condition: string, problem: string])[] = []
  if (validation.min !== undefined) conditions.push([`${column} >= ${validation.min}`, `less than ${validation.min}`])
  if (validation.max !== undefined) conditions.push([`${column} <= ${validation.max}`, `more than ${validation.max}`])
  if (validation.minLength !== undefined) {
    conditions.push([`length(${column}) >= ${validation.minLength}`, `shorter than ${validation.minLength}`])
  }
  if (validation.maxLength !== undefined) {
    conditions.push([`length(${column}) <= ${validation.maxLength}`, `longer than ${validation.maxLength}`])
  }
  if (validation.enum) {
    const values = validation.enum.map((value) => (typeof value === 'string' ? quoteText(value) : String(value)))
    conditions.push([`${column} IN (${values.join(', ')})`, 'not in its enum'])
  }
  const checks = conditions.map(([condition, problem]): MigrationStep => {
    const text = `SELECT ${column} FROM ${quoteName(collection.table)} WHERE ${column} IS NOT NULL AND NOT (${condition}) LIMIT 1`
    const message = `${name} has values that are ${problem}: give a fill that changes them`
    return { kind: 'check', text, message, shows: [field.name] }
  })
  return [
    ...checks,
    ...(field.unique && !field.primary ? [uniqueCheck(collection, [field.name], name)] : []),
    ...referenceCheck(collection, field, to),
  ]
}

function uniqueCheck(
  collection: Collection,
  fields: readonly string[],
  name: string,
): MigrationStep & { readonly kind: 'check' } {
  const columns = fields.map((field) => quoteName(collection.fields.get(field)?.column ?? field))
  const present = columns.map((column) => `${column} IS NOT NULL`).join(' AND ')
  const list = columns.join(', ')
  return {
    kind: 'check',
    text: `SELECT ${list} FROM ${quoteName(collection.table)} WHERE ${present} GROUP BY ${list} HAVING count(*) > 1 LIMIT 1`,
    message: `${name} cannot be unique: existing documents share a value`,
    shows: fields,
  }
}

function referenceCheck(collection: Collection, field: Field, to: Schema): readonly MigrationStep[] {
  const target = field.references && to.collections.get(field.references.collection)
  const targetField = field.references && target?.fields.get(field.references.field)
  if (!target || !targetField) return []
  const column = quoteName(field.column)
  const known = `SELECT ${quoteName(targetField.column)} FROM ${quoteName(target.table)}`
  return [
    {
      kind: 'check',
      text: `SELECT ${column} FROM ${quoteName(collection.table)} WHERE ${column} IS NOT NULL AND ${column} NOT IN (${known}) LIMIT 1`,
      message: `${collection.name}.${field.name} refers to documents of ${target.name} that do not exist`,
      shows: [field.name],
    },
  ]
}
