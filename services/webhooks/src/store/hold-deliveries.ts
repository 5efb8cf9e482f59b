import type { Tx } from '@koyalite/contracts'

/** How much of webhooks a copy of a database does not do by itself. */
export interface HeldWebhooks {
  readonly endpoints: number
  readonly deliveries: number
}

/**
 * Deliveries that wait in a restored database may have been sent since the backup was made, and those in a copy are the original's to send: nothing sends
 * them by itself. @returns how many are held now and were not before
 */
export function holdWaitingDeliveries(tx: Tx): number {
  if (!hasTables(tx)) return 0
  const text = `UPDATE "_koyalite_webhook_deliveries" SET "state" = 'held', "finished_at" = "created_at" WHERE "state" IN ('waiting', 'blocked')`
  const { changes } = tx.run({ text, params: [] })
  tx.run({ text: `UPDATE "_koyalite_webhook_endpoints" SET "waiting" = 0`, params: [] })
  return changes
}

/**
 * In a copy nothing is sent until somebody enables it, and then with other secrets: receivers of the original must not take it for that. Endpoints of the
 * settings have a row each for their state, and are disabled too.
 */
export function disableCopiedWebhooks(tx: Tx, at: number): HeldWebhooks {
  if (!hasTables(tx)) return { endpoints: 0, deliveries: 0 }
  const deliveries = holdWaitingDeliveries(tx)
  const text = `UPDATE "_koyalite_webhook_endpoints" SET "secrets" = '[]', "disabled_at" = ?, "disabled_reason" = 'copy'`
  return { endpoints: tx.run({ text, params: [at] }).changes, deliveries }
}

function hasTables(tx: Tx): boolean {
  // An older database without such a table, opened by a command that migrates nothing.
  return (
    tx.get({ text: `SELECT 1 FROM sqlite_schema WHERE name = '_koyalite_webhook_deliveries'`, params: [] }) !==
    undefined
  )
}
