import { requireAdmin, SCHEMA_AREA } from '@koyalite/access'
import { type Actor, AppError } from '@koyalite/contracts'
import type { ApiResponse, Route } from '@koyalite/kernel'
import { ruleWarnings } from '@koyalite/query'
import { formatProblem, printSchema, type Schema } from '@koyalite/schema'
import { z } from 'zod'
import type { MigrationsContext } from './migrations-context'
import { servedSchema } from './operations/apply-schema'
import { bringUpToDate, type UpToDate } from './operations/bring-up-to-date'
import { draftFile } from './operations/draft-file'
import { migrationStatus } from './operations/migration-status'
import { planRollbacks, rollBack } from './operations/roll-back'
import type { RunningMigration } from './process/migration-runner'

/** Whoever serves a project. */
export interface MigrationHost {
  /** The project as it is on the disk now, with what is wrong with its schema.yaml. Throws an AppError where its settings are wrong. */
  load(): Promise<MigrationsContext>
  /** Runs `work` while nobody else changes the schema, and serves from then on the schema that it gives. */
  change<T extends { readonly schema: Schema }>(by: Actor, work: (context: MigrationsContext) => Promise<T>): Promise<T>
  /** A schema from its text. Throws VALIDATION_ERROR. */
  parse(source: string): Schema
  /** The text of schema.yaml; null where there is none. */
  readSource(): Promise<string | null>
  /** Writes schema.yaml, whole or not at all; null removes it. */
  writeSource(text: string | null): Promise<void>
  /** A long change that is under way. */
  running(): RunningMigration | null
  /** Ends it; false where there is none. */
  cancel(): boolean
}

const requestSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('apply') }),
  z.strictObject({
    action: z.literal('rollback'),
    steps: z.int().min(1).max(1000).default(1),
    /** Only says what would be done. */
    dry_run: z.boolean().default(false),
  }),
  /** Ends a long change that runs; what it has not finished is undone. */
  z.strictObject({ action: z.literal('cancel') }),
  z.strictObject({
    action: z.literal('draft'),
    name: z.string().min(1).max(200),
    answers: z.record(z.string(), z.enum(['rename', 'drop'])).default({}),
  }),
])

export function migrationRoutes(host: MigrationHost): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/admin/migrations',
      summary: 'List applied and pending migrations, and missing ones',
      responses: { 200: z.looseObject({ migrations: z.array(z.looseObject({})) }) },
      handle: async ({ actor }) => {
        requireAdmin(actor, SCHEMA_AREA, 'read')
        return json(await migrationStatus(await host.load()))
      },
    },
    {
      method: 'GET',
      path: '/api/admin/migrate',
      summary: 'The schema change that is running',
      responses: {
        200: z.looseObject({ running: z.nullable(z.looseObject({ since: z.string(), step: z.string() })) }),
      },
      handle: ({ actor }) => {
        requireAdmin(actor, SCHEMA_AREA, 'read')
        return json({ running: host.running() })
      },
    },
    {
      method: 'POST',
      path: '/api/admin/migrate',
      summary: 'Apply, roll back, draft or cancel migrations',
      body: requestSchema,
      responses: { 200: z.looseObject({}) },
      handle: async (request) => {
        requireAdmin(request.actor, SCHEMA_AREA, 'write')
        const input = requestSchema.safeParse(await request.json())
        if (!input.success) throw invalid(input.error)
        switch (input.data.action) {
          case 'apply':
            return json(describe(await host.change(request.actor, (context) => bringUpToDate(context))))
          case 'rollback':
            return json(await rollback(host, request.actor, input.data))
          case 'cancel':
            return json({ cancelled: host.cancel() })
          case 'draft': {
            const { name, answers } = input.data
            const drafted = await draftFile(await host.load(), { name, answers })
            if (!drafted.ok) throw failed(drafted.problems)
            const { ok: _, ...draft } = drafted
            return json(draft)
          }
        }
      },
    },
    ...schemaRoutes(host),
  ]
}

function schemaRoutes(host: MigrationHost): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/admin/schema',
      summary: 'Read schema.yaml, and whether the tables match it',
      responses: {
        200: z.looseObject({
          source: z.string(),
          served: z.string(),
          up_to_date: z.boolean(),
          warnings: z.array(z.string()),
        }),
      },
      handle: async ({ actor }) => {
        requireAdmin(actor, SCHEMA_AREA, 'read')
        const source = (await host.readSource()) ?? ''
        const context = await host.load()
        const { up_to_date, changes, problems } = await migrationStatus(context)
        const warnings = ruleWarnings(context.schema, { file: 'schema.yaml' }).map(formatProblem)
        return json({ source, served: printSchema(servedSchema(context)), up_to_date, changes, problems, warnings })
      },
    },
    {
      method: 'POST',
      path: '/api/admin/schema',
      summary: 'Replace schema.yaml and migrate, if no data can be lost',
      body: proposalSchema,
      responses: { 200: z.looseObject({}) },
      handle: async (request) => {
        requireAdmin(request.actor, SCHEMA_AREA, 'write')
        const input = proposalSchema.safeParse(await request.json())
        if (!input.success) throw invalid(input.error)
        const { source, dry_run } = input.data
        const schema = host.parse(source)
        if (dry_run) return json(await migrationStatus({ ...(await host.load()), schema, problems: [] }))
        return json(
          describe(
            await host.change(request.actor, (context) =>
              replaceSchema(host, { ...context, schema, problems: [] }, source),
            ),
          ),
        )
      },
    },
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

const proposalSchema = z.strictObject({
  source: z.string().max(1_000_000),
  /** Only says what would be done. */
  dry_run: z.boolean().default(false),
})

/** What an attempt to bring a database up to date has come to, for those who asked for it. */
function describe(result: UpToDate): object {
  if (result.kind === 'failed') throw failed(result.problems)
  if (result.kind === 'held_back') {
    const lines = result.differences.map(({ line, reason }) => `${line}${reason === undefined ? '' : `: ${reason}`}`)
    const message = `schema.yaml has changes that need a migration file: ${lines.join('; ')}`
    const details = lines.map((line) => ({ field: 'schema', code: 'held_back', message: line }))
    throw new AppError('CONFLICT', message, { details })
  }
  const { migrations } = result
  return { applied: migrations, changes: result.kind === 'applied' ? result.changes : [] }
}

async function rollback(
  host: MigrationHost,
  by: Actor,
  { steps, dry_run }: { readonly steps: number; readonly dry_run: boolean },
): Promise<object> {
  if (dry_run) return { migrations: planRollbacks(await host.load(), steps) }
  const { kind, migrations, snapshot, problems } = await host.change(by, (context) => rollBack(context, steps))
  if (kind === 'failed') throw failed(problems)
  return { rolled_back: migrations, snapshot }
}

function failed(problems: readonly string[]): AppError {
  const details = problems.map((message) => ({ field: 'schema', code: 'migration', message }))
  return new AppError('CONFLICT', problems.join('\n'), { details })
}

function invalid(error: z.ZodError): AppError {
  const details = error.issues.map(({ path, code, message }) => ({ field: path.join('.'), code, message }))
  return new AppError(
    'VALIDATION_ERROR',
    details.map(({ field, message }) => `${field || 'the body'}: ${message}`).join('; '),
    {
      details,
    },
  )
}

function json(value: object): ApiResponse {
  return { status: 200, body: JSON.stringify(value) }
}
