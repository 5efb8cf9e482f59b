import { AppError, type TransactionOperation } from '@koyalite/contracts'

/** What an operation of another service may be: who claims something first has it, by an id that is made then. In a collection `claims`. */
export function claimOperation(_: Headers, body: unknown): TransactionOperation {
  const id = claimedId(body)
  return {
    name: 'claims.claim',
    size: 1,
    about: [`claims ${id}`],
    run(tx, newId) {
      const found = tx.get({ text: 'SELECT "holder" FROM "claims" WHERE "id" = ?', params: [id] })
      if (found !== undefined) return { holder: String(found[0]), created: false }
      const holder = newId()
      tx.run({ text: 'INSERT INTO "claims" ("id", "holder") VALUES (?, ?)', params: [id, holder] })
      return { holder, created: true }
    },
  }
}

/** Ends a claim. */
export function completeOperation(_: Headers, body: unknown): TransactionOperation {
  const id = claimedId(body)
  return {
    name: 'claims.complete',
    size: 1,
    about: [`claims ${id}`],
    run(tx) {
      const { changes } = tx.run({ text: 'DELETE FROM "claims" WHERE "id" = ?', params: [id] })
      if (changes === 0) throw new AppError('LEASE_LOST', `Nobody has claimed '${id}'.`)
      return null
    },
  }
}

function claimedId(body: unknown): string {
  const { id } = body as { readonly id?: unknown }
  if (typeof id !== 'string') throw new AppError('VALIDATION_ERROR', "'id' must be a text.")
  return id
}
