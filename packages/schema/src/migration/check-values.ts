import { quoteName } from '@koyalite/contracts'
import type { Collection, Field, Schema } from '../model'
import { mayNotFit } from './diff-field'
import type { CheckStep, MigrationStep } from './migration-step'
import { offending } from './offending'

/** The checks, over the new tables, that existing documents satisfy the stricter definitions. */
export function checkNewConstraints(
  before: Collection,
  after: Collection,
  to: Schema,
  fills: ReadonlyMap<string, string> | undefined,
): readonly MigrationStep[] {
  const hasFill = (name: string) => fills?.has(`${after.name}.${name}`) ?? false
  const ofFields = [...after.fields.values()].flatMap((field): readonly MigrationStep[] => {
    const old = before.fields.get(field.name)
    const isNew = hasFill(field.name) || (old !== undefined && old.type !== field.type)
    const gains = (key: 'unique' | 'references') =>
      old !== undefined && JSON.stringify(old[key]) !== JSON.stringify(field[key])
    return [
      ...(hasFill(field.name) || (old && mayNotFit(old, field))
        ? [{ kind: 'values', collection: after, field } as const]
        : []),
      ...(field.unique && !field.primary && (isNew || gains('unique'))
        ? [uniqueCheck(after, [field.name], `${after.name}.${field.name}`)]
        : []),
      ...(isNew || gains('references') ? referenceCheck(after, field, to) : []),
    ]
  })
  const indexes = after.indexes.filter((index) => {
    const old = before.indexes.find((candidate) => candidate.name === index.name)
    const isNew = !old?.unique || old.fields.join() !== index.fields.join()
    const hasNewValues = index.fields.some((name) => {
      return hasFill(name) || before.fields.get(name)?.type !== after.fields.get(name)?.type
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

function uniqueCheck(collection: Collection, fields: readonly string[], name: string): CheckStep {
  const columns = fields.map((field) => quoteName(collection.fields.get(field)?.column ?? field))
  const present = columns.map((column) => `${column} IS NOT NULL`).join(' AND ')
  const list = columns.join(', ')
  const shared = `SELECT ${list} FROM ${quoteName(collection.table)} WHERE ${present} GROUP BY ${list} HAVING count(*) > 1`
  return {
    kind: 'check',
    text: offending({ ...collection, shows: columns, where: `(${list}) IN (${shared})` }),
    message: `${name} cannot be unique: existing documents have equal values`,
    advice: 'change or delete them first (with a fill or an sql operation), or remove unique',
    key: collection.primaryKey.name,
  }
}

function referenceCheck(collection: Collection, field: Field, to: Schema): readonly CheckStep[] {
  const target = field.references && to.collections.get(field.references.collection)
  const targetField = field.references && target?.fields.get(field.references.field)
  if (!target || !targetField) return []
  const column = quoteName(field.column)
  const known = `SELECT ${quoteName(targetField.column)} FROM ${quoteName(target.table)}`
  return [
    {
      kind: 'check',
      text: offending({
        ...collection,
        shows: [column],
        where: `${column} IS NOT NULL AND ${column} NOT IN (${known})`,
      }),
      message: `${collection.name}.${field.name} references documents of ${target.name} that do not exist`,
      advice: `add a fill that references existing documents${field.nullable ? ' or none (NULL)' : ''}, or create the missing documents`,
      key: collection.primaryKey.name,
    },
  ]
}
