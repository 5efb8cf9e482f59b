import { AppError, type ErrorDetail, type SqlValue } from '@koyalite/contracts'
import { type Field, quoteName, relationsOf } from '@koyalite/schema'
import { ConstraintError, type Tx } from '@koyalite/sqlite'
import type { StoredValues } from '../document-input'
import type { Target } from './write-document'

/**
 * The error to answer where SQLite refused a write: for a violated constraint a CONFLICT that names the fields, as far as the
 * caller may read them. Any other error is given back as it is.
 */
export function explainConstraint(
  tx: Tx,
  target: Target,
  values: StoredValues | null,
  key: SqlValue | undefined,
  error: unknown,
): unknown {
  if (!(error instanceof ConstraintError)) return error
  switch (error.kind) {
    case 'unique':
    case 'primary_key':
      return conflict(target, duplicates(target, error.columns), 'A document with these values exists already.', error)
    case 'foreign_key':
      return values === null
        ? conflict(target, [], `The document is still referred to by ${referrers(tx, target, key as SqlValue)}.`, error)
        : conflict(
            target,
            danglingReferences(tx, target, values),
            'The document refers to one that does not exist.',
            error,
          )
    case 'not_null':
      return new AppError('VALIDATION_ERROR', 'A required value is missing.', {
        details: missing(target, error.columns),
        cause: error,
      })
    case 'check':
    case 'datatype':
    case 'trigger':
      return error
  }
}

function conflict(target: Target, details: readonly ErrorDetail[], otherwise: string, cause: unknown): AppError {
  const shown = details.filter((detail) => {
    const field = target.model.collection.fields.get(detail.field)
    return field && !field.internal && target.caller.access.read.field(target.model.collection, field).kind !== 'none'
  })
  return new AppError('CONFLICT', shown[0]?.message ?? otherwise, { details: shown, cause })
}

function duplicates(target: Target, columns: readonly string[]): ErrorDetail[] {
  return fieldsOf(target, columns).map(({ name }) => ({
    field: name,
    code: 'unique',
    message: `${name} is already taken by another document`,
  }))
}

function missing(target: Target, columns: readonly string[]): ErrorDetail[] {
  return fieldsOf(target, columns).map(({ name }) => ({
    field: name,
    code: 'required',
    message: `${name} is required`,
  }))
}

function fieldsOf(target: Target, columns: readonly string[]): Field[] {
  return target.model.fields.filter((field) => columns.includes(field.column))
}

/** SQLite does not say which reference failed, so each one that was written is looked up. */
function danglingReferences(tx: Tx, target: Target, values: StoredValues): ErrorDetail[] {
  const details: ErrorDetail[] = []
  for (const [field, value] of values) {
    const reference = field.references
    if (!reference || value === null) continue
    const collection = target.context.schema.collections.get(reference.collection)
    const column = collection?.fields.get(reference.field)?.column
    if (!collection || !column) continue
    const text = `SELECT 1 FROM ${quoteName(collection.table)} WHERE ${quoteName(column)} = ?`
    if (tx.get({ text, params: [value] })) continue
    const message = `${field.name} refers to a document of '${reference.collection}' that does not exist`
    details.push({ field: field.name, code: 'reference', message })
  }
  return details
}

function referrers(tx: Tx, target: Target, key: SqlValue): string {
  const names: string[] = []
  for (const relation of relationsOf(target.context.schema, target.model.collection).values()) {
    if (relation.kind !== 'reverse' || relation.sourceField.references?.onDelete !== 'restrict') continue
    const { source, sourceField, field } = relation
    if (target.caller.access.read.rows(source).kind === 'none') continue
    const referred = `SELECT ${quoteName(field.column)} FROM ${quoteName(target.model.collection.table)} WHERE ${quoteName(target.model.collection.primaryKey.column)} = ?`
    const referring = `SELECT 1 FROM ${quoteName(source.table)} WHERE ${quoteName(sourceField.column)} = (${referred}) LIMIT 1`
    if (tx.get({ text: referring, params: [key] })) names.push(`${source.name}.${sourceField.name}`)
  }
  return names.join(', ') || 'documents of another collection'
}
