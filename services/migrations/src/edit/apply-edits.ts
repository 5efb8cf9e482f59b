import { type Actor, AppError } from '@koyalite/contracts'
import type { MigrationHost } from '../migration-host'
import type { MigrationsContext } from '../migrations-context'
import { bringUpToDate, type UpToDate } from '../operations/bring-up-to-date'
import { planEdits } from './plan-anywhere'
import type { EditPlan, EditRequest } from './plan-edits'
import { hashOf } from './text-hash'

export interface ApplyRequest extends EditRequest {
  /** Hash of the file that the plan was made for. */
  readonly base: string
  /** What was typed. */
  readonly confirm?: string | undefined
}

/**
 * Writes schema.yaml, and a migration file where one is needed, and migrates: all of it or nothing. It is planned again, for what the file
 * and the tables are by now.
 * @throws AppError PRECONDITION_FAILED where the file has changed since the plan, CONFLICT where it cannot be applied
 */
export async function applyEdits(host: MigrationHost, by: Actor, request: ApplyRequest) {
  const refusal = host.refusal()
  if (refusal !== null) throw new AppError('FORBIDDEN', refusal)
  return host.change(by, async (context) => {
    const plan = await planEdits(host, context, request)
    requireApplicable(plan, request)
    const { source, migration } = plan
    const schema = plan.schema()
    if (schema === null) throw new AppError('CONFLICT', 'schema.yaml would have errors.')
    const files = migration === null ? context.files : [...context.files, migration]
    const result = await writeAndMigrate(host, { ...context, schema, files, problems: [] }, plan)
    return { ...result, source, hash: hashOf(source) }
  })
}

function requireApplicable(plan: EditPlan, { base, confirm }: ApplyRequest): void {
  if (hashOf(plan.before) !== base) {
    const message = 'schema.yaml has changed since this was planned. Nothing was written: look at the plan again.'
    throw new AppError('PRECONDITION_FAILED', message)
  }
  const problems = [...plan.problems, ...plan.questions]
  if (problems.length > 0) {
    const details = problems.map((message) => ({ field: 'edits', code: 'conflict', message }))
    throw new AppError('CONFLICT', problems.join('\n'), { details })
  }
  if (plan.confirm === null || confirm === plan.confirm) return
  const message = `This loses ${plan.losses.join(', ')}. To confirm, send "confirm": "${plan.confirm}".`
  throw new AppError('CONFLICT', message, { details: [{ field: 'confirm', code: 'required', message }] })
}

/** The files are written first: what the tables have must never be ahead of them. */
async function writeAndMigrate(
  host: MigrationHost,
  context: MigrationsContext,
  { before, source, migration, renames }: EditPlan,
): Promise<UpToDate> {
  const original = await host.readSource()
  const files = await host.filesNaming(renames)
  const restore = async () => {
    await host.writeSource(original)
    if (migration !== null) await host.writeFile(migration.file, null)
    for (const { file, before: text, after } of files) if (after !== null) await host.writeFile(file, text)
  }
  if (migration !== null) await host.writeFile(migration.file, migration.text)
  try {
    for (const { file, after } of files) if (after !== null) await host.writeFile(file, after)
    if (source !== before) await host.writeSource(source)
    const result = await bringUpToDate(context)
    // Where the file was applied and the rest was not, the tables are ahead of what was there before.
    if (result.kind !== 'applied' && result.migrations.length === 0) await restore()
    return result
  } catch (error) {
    await restore()
    throw error
  }
}
