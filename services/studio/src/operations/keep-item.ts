import { type Actor, AppError } from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'
import { countItems, deleteItem, findItem, type KeptItem, putItem } from '../store/kept-items'

const MAX_VALUE_BYTES = 256 * 1024
const MAX_ITEMS = 1000
const MAX_NAME = 200

export interface KeepInput {
  /** `columns:posts`, `view:posts:late orders` */
  readonly name: string
  readonly value: unknown
  readonly isShared: boolean
}

export type Operator = Actor & { readonly kind: 'operator' }

/** Who keeps things: a person. Throws UNAUTHENTICATED, FORBIDDEN for a service key. */
export function requireOperator(actor: Actor): Operator {
  if (actor.kind === 'operator') return actor
  if (actor.kind === 'anonymous') throw new AppError('UNAUTHENTICATED', 'Sign in as an operator.')
  throw new AppError('FORBIDDEN', 'Only operators, who are persons, keep things in the studio.')
}

/** Keeps something of an operator's, in the place of what they kept under this name. Throws FORBIDDEN, PAYLOAD_TOO_LARGE, INVALID_REQUEST. */
export async function keepItem(
  database: Database,
  operator: Operator,
  { name, value, isShared }: KeepInput,
  now: number,
): Promise<KeptItem> {
  if (isShared && operator.role === 'viewer')
    throw new AppError('FORBIDDEN', 'What all operators see is shared by owners, admins and editors.')
  if (name.length > MAX_NAME) throw new AppError('INVALID_REQUEST', `A name has at most ${MAX_NAME} characters.`)
  const text = JSON.stringify(value)
  if (Buffer.byteLength(text) > MAX_VALUE_BYTES)
    throw new AppError('PAYLOAD_TOO_LARGE', `What is kept in the studio has at most ${MAX_VALUE_BYTES / 1024} KB.`)
  const item: KeptItem = { name, operatorId: operator.id, isShared, value: text, updatedAt: now }
  await database.write((tx) => {
    if (findItem(tx, name, operator.id) === null && countItems(tx, operator.id) >= MAX_ITEMS)
      throw new AppError('INVALID_REQUEST', `You keep ${MAX_ITEMS} things in the studio already: delete some of them.`)
    putItem(tx, item)
  })
  return item
}

/** Deletes what an operator has kept. Throws FORBIDDEN, NOT_FOUND. */
export async function forgetItem(database: Database, operator: Operator, name: string): Promise<void> {
  await database.write((tx) => {
    if (findItem(tx, name, operator.id) === null)
      throw new AppError('NOT_FOUND', `You keep nothing under the name '${name}'.`)
    deleteItem(tx, name, operator.id)
  })
}
