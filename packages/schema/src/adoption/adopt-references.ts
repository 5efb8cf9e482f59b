import type { ForeignReference, ForeignTable } from '@koyalite/contracts'
import type { Collection, Field, Reference } from '../model'
import type { Finding } from './adopt-table'

/** Adds the references of a table to its collection, where a schema can have them. */
export function adoptReferences(
  table: ForeignTable,
  collection: Collection,
  collections: readonly Collection[],
): { readonly collection: Collection; readonly findings: readonly Finding[] } {
  const fields = new Map(collection.fields)
  const findings: Finding[] = []
  for (const reference of table.references) {
    const subject = `${table.name}.${reference.columns.join(', ')}`
    const note = (message: string) => findings.push({ kind: 'note', subject, message })
    const adopted = adoptReference(table, reference, { fields, collections })
    if (typeof adopted === 'string') {
      note(
        `references ${reference.table}; the constraint stays in force, but is not a reference in the API: ${adopted}`,
      )
      continue
    }
    if (!isNoAction(reference.onUpdate)) note(`has ON UPDATE ${reference.onUpdate}: it stays in force`)
    if (adopted.remark !== undefined) note(adopted.remark)
    fields.set(adopted.field.name, adopted.field)
  }
  return { collection: { ...collection, fields }, findings }
}

function adoptReference(
  table: ForeignTable,
  reference: ForeignReference,
  { fields, collections }: { readonly fields: ReadonlyMap<string, Field>; readonly collections: readonly Collection[] },
): { readonly field: Field; readonly remark?: string } | string {
  const [column, second] = reference.columns
  if (column === undefined || second !== undefined) return 'it has several columns'
  const field = [...fields.values()].find((candidate) => isSameName(candidate.column, column))
  if (!field) return 'its column is not a field'
  if (field.references) return 'its column has another reference too'
  const target = collections.find((candidate) => isSameName(candidate.table, reference.table))
  if (!target) return 'that table is not adopted'
  const to = reference.to[0] ?? null
  const targetField =
    to === null ? target.primaryKey : [...target.fields.values()].find((candidate) => isSameName(candidate.column, to))
  if (!targetField) return 'the referenced column is not a field'
  if (!targetField.primary && !targetField.unique)
    return 'the referenced column is not unique, so SQLite rejects writes that need the reference: make it unique'
  const type = field.type === targetField.type || holds(table, field, targetField) ? targetField.type : undefined
  if (type === undefined) return `it is ${field.type}, but references ${targetField.type}`
  const { onDelete, remark } = onDeleteOf(reference.onDelete, field)
  const references: Reference = { collection: target.name, field: targetField.name, onDelete }
  return { field: { ...field, type, references }, ...(remark !== undefined && { remark }) }
}

/** Whether all values of a column are of the type that the other one has. */
function holds(table: ForeignTable, field: Field, target: Field): boolean {
  const values = table.columns.find(({ name }) => name === field.column)?.values
  if (!values) return false
  const all = values.integers + values.reals + values.texts + values.blobs
  switch (target.type) {
    case 'int':
      return values.integers === all
    case 'float':
      return values.integers + values.reals === all
    case 'string':
    case 'text':
      return values.texts === all
    case 'uuid':
      return values.uuids === all
    default:
      return false
  }
}

function onDeleteOf(
  action: string,
  field: Field,
): { readonly onDelete: Reference['onDelete']; readonly remark?: string } {
  switch (action.toUpperCase()) {
    case 'CASCADE':
      return { onDelete: 'cascade' }
    case 'SET NULL':
      return field.nullable
        ? { onDelete: 'set null' }
        : { onDelete: 'restrict', remark: 'has ON DELETE SET NULL, but cannot be null' }
    case 'SET DEFAULT':
      return {
        onDelete: 'restrict',
        remark: 'has ON DELETE SET DEFAULT: it stays in force',
      }
    default:
      return { onDelete: 'restrict' }
  }
}

function isNoAction(action: string): boolean {
  return /^(NO ACTION|RESTRICT)$/i.test(action)
}

/** SQLite compares names without regard to ASCII case. */
function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
