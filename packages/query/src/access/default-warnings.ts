import type { Collection, Field, Position } from '@koyalite/schema'
import { childrenOf, type Expression, type Row } from '../cel/check/expression'
import type { Rule } from './rule'
import type { Clause, CollectionRules, SchemaRules } from './schema-rules'

/** What is valid in the fields of a schema, but probably a mistake. */
export interface FieldWarning {
  readonly message: string
  readonly position: Position
}

/** Fields that default to the caller's id, and in which clients can send another one: the document would be somebody else's. */
export function defaultWarnings(rules: SchemaRules): readonly FieldWarning[] {
  return [...rules].flatMap(([collection, own]) =>
    [...collection.fields.values()]
      .filter((field) => field.default?.kind === 'auth.id' && !isBoundToCaller(field, own))
      .map((field) => ({ message: messageOf(collection, field), position: field.position })),
  )
}

function messageOf(collection: Collection, { name }: Field): string {
  return `'${name}' defaults to auth.id, but a client can send any other id: add doc.${name} == auth.id to the create rule of '${collection.name}', or write: "false" to the field`
}

/** Whether the ids that users can send are their own. */
function isBoundToCaller(field: Field, { operations, fields }: CollectionRules): boolean {
  if (field.internal) return true
  const write = fields.get(field)?.write
  if (write && (binds(write.checked.root, field) || isPrivileged(write.checked.root))) return true
  const { permits, restricts } = operations.create
  const isBound = (clause: Clause) => partsOf(clause).some((part) => binds(part, field))
  const isForTheFew = (clause: Clause) => partsOf(clause).some(isPrivileged)
  if (restricts.some(isBound) || permits.length === 0) return true
  return permits.some(isBound) && permits.every((clause) => isBound(clause) || isForTheFew(clause))
}

function partsOf({ using, check }: Clause): readonly Expression[] {
  return [using, check].filter((rule): rule is Rule => rule !== null).map(({ checked }) => checked.root)
}

/**
 * Whether a condition holds only where the field is the caller's id. Beside that, a role, claim or permission may open
 * more: whoever writes so means to let those callers make documents for others.
 */
function binds(expression: Expression, field: Field): boolean {
  switch (expression.kind) {
    case 'const':
      return expression.value !== true
    case 'equals': {
      const sides = [expression.left, expression.right]
      return !expression.negated && sides.some((side) => isDocField(side, field)) && sides.some(isCallerId)
    }
    case 'logic': {
      const { operands } = expression
      const isBound = (operand: Expression) => binds(operand, field)
      if (expression.operator === '&&') return operands.some(isBound)
      return operands.some(isBound) && operands.every((operand) => isBound(operand) || isPrivileged(operand))
    }
    case 'conditional': {
      const { condition, whenTrue, whenFalse } = expression
      const isNarrow = isPrivileged(condition) || binds(condition, field) || binds(whenTrue, field)
      return isNarrow && binds(whenFalse, field)
    }
    default:
      return false
  }
}

/** `doc.owner_id`, or `doc.owner.id`. */
function isDocField(expression: Expression, field: Field): boolean {
  if (expression.kind !== 'field') return false
  const { row } = expression
  if (row.kind === 'follow') return row.field === field && row.key === expression.field && isDoc(row.from)
  return expression.field === field && isDoc(row)
}

function isDoc(row: Row): boolean {
  return row.kind === 'root' && row.name === 'doc'
}

function isCallerId(expression: Expression): boolean {
  return expression.kind === 'auth' && expression.part === 'id'
}

/** Whether rights that users do not give themselves are asked for. */
function isPrivileged(expression: Expression): boolean {
  if (expression.kind === 'can') return true
  if (expression.kind === 'auth' && (expression.part === 'role' || expression.part === 'claims')) return true
  return childrenOf(expression).some(isPrivileged)
}
