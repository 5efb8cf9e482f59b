import type { ServiceTables } from '@koyalite/contracts'

/** Endpoints with how they fare, and what is sent to them. Bodies are what was committed; secrets are sealed. */
export const WEBHOOK_TABLES: ServiceTables = {
  service: 'webhooks',
  steps: [
    [
      // One of the settings has a row for its state alone: no config, no secrets.
      `CREATE TABLE "_koyalite_webhook_endpoints" (
  "name" TEXT NOT NULL PRIMARY KEY,
  "config" TEXT,
  "secrets" TEXT,
  "created_at" INTEGER NOT NULL,
  "disabled_at" INTEGER,
  "disabled_reason" TEXT,
  "failing_since" INTEGER,
  "last_success_at" INTEGER,
  "waiting" INTEGER NOT NULL DEFAULT 0,
  "skipped" INTEGER NOT NULL DEFAULT 0,
  "dropped" INTEGER NOT NULL DEFAULT 0,
  "dropped_since" INTEGER
) STRICT, WITHOUT ROWID`,
      `CREATE TABLE "_koyalite_webhook_deliveries" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "endpoint" TEXT NOT NULL,
  "message_id" TEXT NOT NULL,
  "event" TEXT NOT NULL,
  "document" TEXT,
  "body" TEXT NOT NULL,
  "state" TEXT NOT NULL,
  "attempts" TEXT NOT NULL DEFAULT '[]',
  "next_at" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "finished_at" INTEGER,
  "replay_of" INTEGER
) STRICT`,
      `CREATE INDEX "_koyalite_webhook_deliveries_due" ON "_koyalite_webhook_deliveries" ("endpoint", "next_at", "id") WHERE "state" = 'waiting'`,
      `CREATE INDEX "_koyalite_webhook_deliveries_document" ON "_koyalite_webhook_deliveries" ("endpoint", "document", "id") WHERE "state" IN ('waiting', 'blocked')`,
      `CREATE INDEX "_koyalite_webhook_deliveries_state" ON "_koyalite_webhook_deliveries" ("endpoint", "state", "id")`,
      `CREATE INDEX "_koyalite_webhook_deliveries_message" ON "_koyalite_webhook_deliveries" ("message_id")`,
      `CREATE INDEX "_koyalite_webhook_deliveries_endpoint" ON "_koyalite_webhook_deliveries" ("endpoint", "id")`,
      `CREATE INDEX "_koyalite_webhook_deliveries_finished" ON "_koyalite_webhook_deliveries" ("finished_at") WHERE "finished_at" IS NOT NULL`,
    ],
    [
      `CREATE INDEX "_koyalite_webhook_deliveries_event" ON "_koyalite_webhook_deliveries" ("endpoint", "event", "state", "id")`,
    ],
  ],
}
