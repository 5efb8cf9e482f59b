import type { ServiceTables } from '@koyalite/contracts'

/** Schedules, each with the next time that it is due, and what their last firings came to. */
export const SCHEDULE_TABLES: ServiceTables = {
  service: 'schedules',
  steps: [
    [
      `CREATE TABLE "_koyalite_schedules" (
  "name" TEXT PRIMARY KEY,
  "owner" TEXT,
  "function" TEXT NOT NULL,
  "cron" TEXT NOT NULL,
  "timezone" TEXT NOT NULL,
  "overlap" TEXT NOT NULL CHECK ("overlap" IN ('skip', 'allow')),
  "missed" TEXT NOT NULL CHECK ("missed" IN ('run_once', 'skip')),
  "jitter_ms" INTEGER NOT NULL,
  "payload" TEXT NOT NULL,
  "due_at" INTEGER,
  "fire_at" INTEGER,
  "watched_from" INTEGER NOT NULL,
  "paused_at" INTEGER,
  "pause_reason" TEXT CHECK ("pause_reason" IN ('operator', 'copy')),
  "last_job" TEXT,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL
) STRICT, WITHOUT ROWID`,
      `CREATE INDEX "_koyalite_schedules_due" ON "_koyalite_schedules" ("fire_at") WHERE "paused_at" IS NULL`,
      `CREATE INDEX "_koyalite_schedules_overdue" ON "_koyalite_schedules" ("due_at") WHERE "paused_at" IS NULL`,
      `CREATE INDEX "_koyalite_schedules_owner" ON "_koyalite_schedules" ("owner", "name") WHERE "owner" IS NOT NULL`,
      `CREATE INDEX "_koyalite_schedules_function" ON "_koyalite_schedules" ("function", "name")`,
      `CREATE INDEX "_koyalite_schedules_paused" ON "_koyalite_schedules" ("pause_reason", "name") WHERE "paused_at" IS NOT NULL`,
      `CREATE TABLE "_koyalite_schedule_firings" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "schedule" TEXT NOT NULL,
  "outcome" TEXT NOT NULL CHECK ("outcome" IN ('queued', 'skipped', 'missed', 'failed')),
  "cause" TEXT NOT NULL CHECK ("cause" IN ('due', 'missed', 'manual')),
  "due_at" INTEGER NOT NULL,
  "recorded_at" INTEGER NOT NULL,
  "count" INTEGER NOT NULL,
  "job" TEXT,
  "error" TEXT
) STRICT`,
      `CREATE INDEX "_koyalite_schedule_firings_of" ON "_koyalite_schedule_firings" ("schedule", "id")`,
    ],
  ],
}
