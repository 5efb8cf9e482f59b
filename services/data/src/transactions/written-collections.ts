import { AppError } from '@koyalite/contracts'
import type { Schema } from '@koyalite/schema'
import type { PreparedRead, TransactionWrite } from './transaction'

/** The collections that an optimistic transaction has written: what it wrote is not stored yet, so its reads cannot see it. */
export class WrittenCollections {
  /** By name, the write. */
  readonly #writes = new Map<string, string>()

  add(schema: Schema, { name, collection, deletes }: Pick<TransactionWrite, 'name' | 'collection' | 'deletes'>): void {
    for (const changed of deletes ? changedByDeletion(schema, collection) : [collection]) {
      if (!this.#writes.has(changed)) this.#writes.set(changed, name)
    }
  }

  /** Throws READ_AFTER_WRITE. */
  requireNone(name: string, { looksAt }: PreparedRead): void {
    for (const collection of looksAt) {
      const write = this.#writes.get(collection)
      if (write === undefined) continue
      const message = `${name} looks at ${collection}, which this transaction has written (${write}). Read first, use what writes return, or use { mode: "exclusive" }.`
      throw new AppError('READ_AFTER_WRITE', message)
    }
  }
}

/** A collection, and those whose documents `onDelete` deletes or changes with one of it. */
function changedByDeletion({ collections }: Schema, name: string): ReadonlySet<string> {
  const changed = new Set([name])
  // Iterating over a set includes what is added meanwhile.
  for (const target of changed)
    for (const { name: source, fields } of collections.values())
      for (const { references } of fields.values())
        if (references?.collection === target && references.onDelete !== 'restrict') changed.add(source)
  return changed
}
