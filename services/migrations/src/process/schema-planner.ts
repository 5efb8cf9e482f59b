import { AppError } from '@koyalite/contracts'
import { deserializeSchema, type Schema, serializeSchema } from '@koyalite/schema'
import type { EditPlan, EditRequest } from '../edit/plan-edits'
import type { MigrationsContext } from '../migrations-context'
import type { PlanAnswer, PlanMessage, PlanRequest, PlanWork } from './plan-protocol'

/** Plans changes of a long schema.yaml in processes of their own: that takes seconds, in which nobody else would get a response. */
export interface SchemaPlanner {
  /** Throws what planning throws, QUERY_TIMEOUT where it takes too long, UNAVAILABLE where others wait already. */
  plan(context: MigrationsContext, edit: EditRequest & { readonly before: string }): Promise<EditPlan>
  /** A schema from its text. Throws VALIDATION_ERROR, and as `plan` does. */
  parse(context: MigrationsContext, source: string): Promise<Schema>
}

export interface SchemaPlannerOptions {
  /** Starts a program that calls `runMigrationProcess`. */
  readonly command: readonly string[]
  readonly path: string
  readonly key: string | undefined
}

const LIMIT_MS = 25_000
/** Besides the one that runs. */
const MAX_WAITING = 3

export function createSchemaPlanner(options: SchemaPlannerOptions): SchemaPlanner {
  let last: Promise<unknown> = Promise.resolve()
  let open = 0
  /** One after the other: each takes a core. */
  async function run<Type extends PlanMessage['type']>(
    context: MigrationsContext,
    work: PlanWork,
    type: Type,
  ): Promise<Extract<PlanMessage, { readonly type: Type }>> {
    if (open > MAX_WAITING)
      throw new AppError('UNAVAILABLE', 'Other changes of the schema are being planned: try again.')
    open++
    const result = last.then(() => runChild(options, context, work))
    last = result.catch(() => {})
    try {
      const end = await result
      if (end.type === type) return end as Extract<PlanMessage, { readonly type: Type }>
      if (end.type === 'refused') throw new AppError(end.code, end.message, { details: end.details })
      throw new Error(`planning a change of the schema failed: ${end.type === 'broke' ? end.message : end.type}`)
    } finally {
      open--
    }
  }
  return {
    async plan(context, { before, ...edit }) {
      const { plan } = await run(context, { kind: 'plan', before, edit }, 'planned')
      const { schema } = plan
      return { ...plan, schema: () => (schema === null ? null : deserializeSchema(schema)) }
    },
    async parse(context, source) {
      return deserializeSchema((await run(context, { kind: 'parse', source }, 'parsed')).schema)
    },
  }
}

function runChild(
  { command, path, key }: SchemaPlannerOptions,
  { database, schema, problems = [], files, systemTables }: MigrationsContext,
  work: PlanWork,
): Promise<PlanMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<PlanMessage>()
  const answer = async ({ id, sql, timeoutMs }: Extract<PlanMessage, { type: 'query' }>): Promise<PlanAnswer> => {
    try {
      return { type: 'rows', id, rows: (await database.query(sql, { timeoutMs })).rows }
    } catch (error) {
      return { type: 'failed', id, message: error instanceof Error ? error.message : String(error) }
    }
  }
  const child = Bun.spawn([...command], {
    // Never written to; its end tells the child that this process is gone.
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'inherit',
    serialization: 'advanced',
    ipc(message: PlanMessage) {
      if (message.type !== 'query') return end(message)
      void answer(message).then((rows) => {
        if (child.exitCode === null && !child.killed) child.send(rows)
      })
    },
    onExit: () => reject(new AppError('UNAVAILABLE', 'The process that plans changes of the schema has ended.')),
  })
  const end = (message: PlanMessage) => {
    resolve(message)
    child.kill('SIGKILL')
  }
  const timer = setTimeout(() => {
    reject(
      new AppError('QUERY_TIMEOUT', `Planning this change takes more than ${LIMIT_MS / 1000} s: make it in parts.`),
    )
    child.kill('SIGKILL')
  }, LIMIT_MS)
  child.send({
    ...{ type: 'plan', path, key, problems, files, systemTables, work },
    schema: serializeSchema(schema),
  } satisfies PlanRequest)
  return promise.finally(() => clearTimeout(timer))
}
