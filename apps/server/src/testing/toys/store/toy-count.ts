import type { Reads, ServiceTables, Tx } from '@koyalite/contracts'

export const TOY_TABLES: ServiceTables = {
  service: 'toys',
  steps: [
    ['CREATE TABLE IF NOT EXISTS "_koyalite_toys" ("made" INTEGER NOT NULL) STRICT'],
    ['INSERT INTO "_koyalite_toys" ("made") VALUES (0)'],
  ],
}

export function toyCount(reads: Reads): number {
  return Number(reads.get({ text: 'SELECT "made" FROM "_koyalite_toys"', params: [] })?.[0])
}

export function countToys(tx: Tx, added: number): void {
  tx.run({ text: 'UPDATE "_koyalite_toys" SET "made" = "made" + ?', params: [added] })
}
