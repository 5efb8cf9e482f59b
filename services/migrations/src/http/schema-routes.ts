import { admin, SCHEMA_AREA } from '@koyalite/access'
import { AppError } from '@koyalite/contracts'
import { type Route, route } from '@koyalite/kernel'
import { schemaWarnings } from '@koyalite/query'
import { formatProblem, printSchema } from '@koyalite/schema'
import { z } from 'zod'
import { parseSource } from '../edit/plan-anywhere'
import { hashOf } from '../edit/text-hash'
import type { MigrationHost } from '../migration-host'
import type { MigrationsContext } from '../migrations-context'
import { servedSchema } from '../operations/apply-schema'
import { bringUpToDate, type UpToDate } from '../operations/bring-up-to-date'
import { migrationStatus } from '../operations/migration-status'
import { appliedView } from './applied-view'
import { diagnostic } from './edit-bodies'
import { editRoutes } from './edit-routes'
import { applied, status } from './response-schemas'

export function schemaRoutes(host: MigrationHost): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/admin/schema',
      name: 'getSchema',
      summary: 'Read schema.yaml, and whether the tables match it',
      access: admin(SCHEMA_AREA, 'read'),
      responses: {
        200: status.omit({ migrations: true }).extend({
          source: z.string(),
          hash: z.string().describe('Of schema.yaml: what changes it must name the one that it was made for.'),
          served: z.string(),
          warnings: z.array(z.string()),
          diagnostics: z.array(diagnostic),
          refusal: z.string().nullable().describe('Why operators cannot change the schema here.'),
        }),
      },
      handle: async () => {
        const source = (await host.readSource()) ?? ''
        const context = await host.load()
        const { up_to_date, changes, problems } = await migrationStatus(context)
        const warnings = schemaWarnings(context.schema, { file: 'schema.yaml' }).map(formatProblem)
        return {
          ...{ source, hash: hashOf(source), served: printSchema(servedSchema(context)) },
          ...{ up_to_date, changes, problems, warnings },
          ...{ diagnostics: [...host.diagnose(source)], refusal: host.refusal() },
        }
      },
    }),
    route({
      method: 'POST',
      path: '/api/admin/schema',
      name: 'replaceSchema',
      summary: 'Replace schema.yaml and migrate, if no data can be lost',
      access: admin(SCHEMA_AREA, 'write'),
      body: z.strictObject({
        source: z.string().max(1_000_000),
        dry_run: z.boolean().default(false).describe('Only says what would be done.'),
      }),
      responses: { 200: z.union([applied, status]) },
      handle: async ({ actor, body: { source, dry_run } }) => {
        const schema = await parseSource(host, source)
        const refusal = actor.kind === 'operator' && !dry_run ? host.refusal() : null
        if (refusal !== null) throw new AppError('FORBIDDEN', refusal)
        if (dry_run) return migrationStatus({ ...(await host.load()), schema, problems: [] })
        return appliedView(
          await host.change(actor, (context) => replaceSchema(host, { ...context, schema, problems: [] }, source)),
        )
      },
    }),
    ...editRoutes(host),
  ]
}

/** schema.yaml is written first: what the tables have must never be ahead of it. */
async function replaceSchema(host: MigrationHost, context: MigrationsContext, source: string): Promise<UpToDate> {
  const before = await host.readSource()
  await host.writeSource(source)
  try {
    const result = await bringUpToDate(context)
    if (result.kind !== 'applied') await host.writeSource(before)
    return result
  } catch (error) {
    await host.writeSource(before)
    throw error
  }
}
