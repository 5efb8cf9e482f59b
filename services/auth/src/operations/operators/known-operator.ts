import { AppError, type Tx } from '@koyalite/contracts'
import { normalizeEmail } from '@koyalite/schema'
import { findOperator, findOperatorByEmail, insertOperator, type Operator } from '../../store/operators'

/** Throws CONFLICT where an operator has that address. */
export function addOperator(tx: Tx, operator: Operator): void {
  if (findOperatorByEmail(tx, operator.email)) {
    const message = `The operator ${operator.email} already exists.`
    throw new AppError('CONFLICT', message, { details: [{ field: 'email', code: 'unique', message }] })
  }
  insertOperator(tx, operator)
}

/** The operator with an id or address. Throws NOT_FOUND. */
export function requireOperator(tx: Tx, id: string): Operator {
  const operator = findOperator(tx, id) ?? findOperatorByEmail(tx, normalizeEmail(id))
  if (!operator) throw new AppError('NOT_FOUND', `There is no operator '${id}'.`)
  return operator
}
