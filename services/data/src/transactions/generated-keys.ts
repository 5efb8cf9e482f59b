import { AppError } from '@koyalite/contracts'
import type { CollectionModel } from '../collection-model'
import type { TransactionWrite } from './transaction'

/** Throws INVALID_REQUEST where SQLite is to make the key of a new document: it is known only once the document is stored. */
export function requireKeys({ collection }: CollectionModel, { creates }: TransactionWrite): void {
  const { name, type, default: fallback } = collection.primaryKey
  if (type !== 'int' || fallback?.kind !== 'auto') return
  const hasKey = (data: unknown) => (data as Readonly<Record<string, unknown>> | null)?.[name] !== undefined
  if (creates.every(hasKey)) return
  const message = `The database makes the ${name} of a new document of '${collection.name}' when it is stored, and an optimistic transaction stores at its end: send your own ${name}, or use { mode: "exclusive" }.`
  throw new AppError('INVALID_REQUEST', message)
}
