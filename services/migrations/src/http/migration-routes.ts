import { admin, SCHEMA_AREA } from '@koyalite/access'
import { type Actor, AppError, shortRecord } from '@koyalite/contracts'
import { type Route, route } from '@koyalite/kernel'
import { z } from 'zod'
import type { MigrationHost } from '../migration-host'
import type { MigrationsContext } from '../migrations-context'
import { bringUpToDate } from '../operations/bring-up-to-date'
import { draftFile } from '../operations/draft-file'
import { migrationStatus } from '../operations/migration-status'
import { planRollbacks, rollBack } from '../operations/roll-back'
import { readRecords } from '../store/migration-records'
import { appliedView, migrationFailed } from './applied-view'
import { applied, cancelled, draft, plannedRollbacks, rolledBack, status } from './response-schemas'
import { schemaRoutes } from './schema-routes'

const requestSchema = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('apply'),
    confirm: z
      .boolean()
      .default(false)
      .describe('Apply drafts that lose data, too: they wait until they are edited or confirmed.'),
  }),
  z.strictObject({
    action: z.literal('rollback'),
    steps: z.int().min(1).max(1000).default(1),
    dry_run: z.boolean().default(false).describe('Only says what would be done.'),
  }),
  z
    .strictObject({ action: z.literal('cancel') })
    .describe('Ends a long change that runs; what it has not finished is undone.'),
  z.strictObject({
    action: z.literal('draft'),
    name: z.string().min(1).max(200),
    answers: shortRecord(z.string(), z.enum(['rename', 'drop'])).default({}),
  }),
])

export function migrationRoutes(host: MigrationHost): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/admin/migrations',
      name: 'getMigrations',
      summary: 'List applied and pending migrations, and missing ones',
      access: admin(SCHEMA_AREA, 'read'),
      responses: { 200: status },
      handle: async () => migrationStatus(await host.load()),
    }),
    route({
      method: 'GET',
      path: '/api/admin/migrations/:version',
      name: 'getMigration',
      summary: 'Read one migration, with the text of its file',
      access: admin(SCHEMA_AREA, 'read'),
      responses: { 200: z.object({ migration: status.shape.migrations.element, source: z.string().nullable() }) },
      handle: async ({ params }) => {
        const context = await host.load()
        const { migrations } = await migrationStatus(context)
        const migration = migrations.find(({ version }) => String(version) === params.version)
        if (migration === undefined) throw new AppError('NOT_FOUND', `There is no migration ${params.version}.`)
        return { migration, source: migrationText(context, migration.version) }
      },
    }),
    route({
      method: 'GET',
      path: '/api/admin/migrate',
      name: 'getRunningMigration',
      summary: 'The schema change that is running',
      access: admin(SCHEMA_AREA, 'read'),
      responses: { 200: z.object({ running: z.object({ since: z.string(), step: z.string() }).nullable() }) },
      handle: () => ({ running: host.running() }),
    }),
    route({
      method: 'POST',
      path: '/api/admin/migrate',
      name: 'migrate',
      summary: 'Apply, roll back, draft or cancel migrations',
      access: admin(SCHEMA_AREA, 'write'),
      body: requestSchema,
      responses: { 200: z.union([applied, plannedRollbacks, rolledBack, cancelled, draft]) },
      handle: async ({ actor, body }) => {
        switch (body.action) {
          case 'apply':
            return appliedView(
              await host.change(actor, (context) => bringUpToDate(context, body.confirm ? 'all' : 'confirmed')),
            )
          case 'rollback':
            return body.dry_run
              ? { migrations: planRollbacks(await host.load(), body.steps) }
              : rollback(host, actor, body.steps)
          case 'cancel':
            return { cancelled: host.cancel() }
          case 'draft': {
            const drafted = await draftFile(await host.load(), body)
            if (!drafted.ok) throw migrationFailed(drafted.problems)
            const { ok: _, ...draft } = drafted
            return draft
          }
        }
      },
    }),
    ...schemaRoutes(host),
  ]
}

/** As it was applied; of one that was not, as its file has it. */
function migrationText({ database, files }: MigrationsContext, version: number): string | null {
  const record = readRecords(database).find((one) => one.version === version)
  return record?.source ?? files.find((file) => file.version === version)?.text ?? null
}

async function rollback(host: MigrationHost, by: Actor, steps: number) {
  const { kind, migrations, snapshot, problems } = await host.change(by, (context) => rollBack(context, steps))
  if (kind === 'failed') throw migrationFailed(problems)
  return { rolled_back: migrations, snapshot }
}
