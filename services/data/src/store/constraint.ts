import { AppError, type ErrorDetail, quoteName, type SqlValue, type Tx } from '@koyalite/contracts'
import { type Field, relationsOf } from '@koyalite/schema'
import { ConstraintError } from '@koyalite/sqlite'
import { missingValues, type StoredValues } from '../document-input'
import { validationError } from '../validation-error'
import { documentStatements } from './document-statements'
import type { Target } from './target'

/** The values to be stored (null for a delete), and the key of the stored document, if any. */
export interface RefusedWrite {
  readonly values: StoredValues | null
  readonly key: SqlValue | null
}

/**
 * The error to throw where SQLite refused a write: for a violated constraint a CONFLICT that names the fields, as far
 * as the caller may read them. Any other error is returned unchanged.
 */
export function explainConstraint(tx: Tx, target: Target, write: RefusedWrite, error: unknown): unknown {
  if (!(error instanceof ConstraintError)) return error
  switch (error.kind) {
    case 'unique':
    case 'primary_key': {
      const details = readable(tx, target, write, duplicates(target, error.columns))
      return conflict(details, 'A document with these values already exists.', error)
    }
    case 'foreign_key': {
      const dangling = write.values === null ? [] : danglingReferences(tx, target, write.values)
      if (dangling.length === 0) return conflict([], `${STILL} ${referrers(tx, target, write.key)}.`, error)
      return conflict(
        readable(tx, target, write, dangling),
        'The document references a document that does not exist.',
        error,
      )
    }
    case 'not_null':
      return validationError(missingValues(target, fieldsOf(target, error.columns)))
    case 'check':
    case 'datatype':
    case 'trigger':
      return error
  }
}

const STILL = 'The document is still referenced by'

function conflict(details: readonly ErrorDetail[], otherwise: string, cause: unknown): AppError {
  return new AppError('CONFLICT', details[0]?.message ?? otherwise, { details, cause })
}

/** The details about fields that the caller could read in the document as they wanted it. */
function readable(
  tx: Tx,
  target: Target,
  { values, key }: RefusedWrite,
  details: readonly ErrorDetail[],
): ErrorDetail[] {
  const { model, caller, input } = target
  return details.filter((detail) => {
    const field = model.collection.fields.get(detail.field)
    if (!field || field.internal) return false
    const rule = caller.access.read.field(model.collection, field)
    if (rule.kind !== 'where') return rule.kind === 'all'
    const sql = documentStatements(caller.access.read, model.collection).holds(values ?? new Map(), key, [rule])
    return tx.get(caller.access.bind(sql, input))?.[0] === 1
  })
}

function duplicates(target: Target, columns: readonly string[]): ErrorDetail[] {
  return fieldsOf(target, columns).map(({ name }) => ({
    field: name,
    code: 'unique',
    message: `${name} is already taken by another document`,
  }))
}

function fieldsOf(target: Target, columns: readonly string[]): Field[] {
  return target.model.fields.filter((field) => columns.includes(field.column))
}

/** SQLite does not say which reference is violated, so each one that was written is looked up. */
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
    const message = `${field.name} references a document of '${reference.collection}' that does not exist`
    details.push({ field: field.name, code: 'reference', message })
  }
  return details
}

/** Names the fields through which documents refer to this one, as far as the caller may read them. */
function referrers(tx: Tx, { context, model, caller }: Target, key: SqlValue | null): string {
  const { access } = caller
  const names: string[] = []
  for (const relation of relationsOf(context.schema, model.collection).values()) {
    if (relation.kind !== 'reverse' || relation.sourceField.references?.onDelete !== 'restrict') continue
    const { source, sourceField, field } = relation
    const rules = [access.read.rows(source), access.read.field(source, sourceField)]
    if (sourceField.internal || rules.some(({ kind }) => kind === 'none')) continue
    const conditions = rules.flatMap((rule) => (rule.kind === 'where' ? [rule.sql(source.table)] : []))
    const referred = `SELECT ${quoteName(field.column)} FROM ${quoteName(model.collection.table)} WHERE ${quoteName(model.collection.primaryKey.column)} = ?`
    const refers = `${quoteName(source.table)}.${quoteName(sourceField.column)} = (${referred})`
    const text = `SELECT 1 FROM ${quoteName(source.table)} WHERE ${[refers, ...conditions.map(({ text }) => `(${text})`)].join(' AND ')} LIMIT 1`
    const params = [key, ...conditions.flatMap(({ params }) => params)]
    if (tx.get(access.bind({ text, params }))) names.push(`${source.name}.${sourceField.name}`)
  }
  return names.join(', ') || 'other documents'
}
