import type { Actor, Tx } from '@koyalite/contracts'
import { deserializeSchema, serializeSchema } from '@koyalite/schema'
import { type Database, endWithParent, openDatabase, type SqlFunction } from '@koyalite/sqlite'
import type { MigrationsContext, SchemaEvent } from '../migrations-context'
import { bringUpToDate } from '../operations/bring-up-to-date'
import { rollBack } from '../operations/roll-back'
import { createSnapshots } from '../snapshots'
import { answerPlan, type PlanOptions } from './answer-plan'
import type { MigrationMessage, MigrationRequest } from './migration-protocol'
import type { PlanRequest } from './plan-protocol'

export interface MigrationProcessOptions {
  /** Those of the database that is migrated. */
  readonly functions: readonly SqlFunction[]
  readonly text: PlanOptions['text']
  /** Records in the audit log what is done to the schema. */
  record(database: Database, tx: Tx, by: Actor, event: SchemaEvent): void
}

/** The whole life of a migration process: it does one thing and ends. It ends with its parent too, and what it has not committed is then undone. */
export function runMigrationProcess(options: MigrationProcessOptions): void {
  endWithParent()
  process.on('disconnect', () => process.exit(0))
  process.once('message', (request: MigrationRequest | PlanRequest) => {
    if ('type' in request) return void plan(request, options)
    migrate(request, options).then(send, (error: unknown) => {
      send({ type: 'broke', message: error instanceof Error ? error.message : String(error) })
    })
  })
}

function plan(request: PlanRequest, { functions, text }: MigrationProcessOptions): Promise<void> {
  return answerPlan(request, {
    ...{ functions, text },
    send: (message) => void process.send?.(message),
    onAnswer: (take) => void process.on('message', take),
  })
}

async function migrate(request: MigrationRequest, options: MigrationProcessOptions): Promise<MigrationMessage> {
  const { path, key, snapshots, files, systemTables, by, work } = request
  const schema = deserializeSchema(request.schema)
  const database = await openDatabase({
    path,
    owner: false,
    functions: options.functions,
    ...(key === undefined ? {} : { key }),
  })
  const context: MigrationsContext = {
    ...{ database, schema, files, systemTables },
    snapshots: createSnapshots({ folder: snapshots }),
    record: (tx, event) => options.record(database, tx, by, event),
    report: (step) => send({ type: 'step', step }),
  }
  const result =
    work.kind === 'roll_back' ? await rollBack(context, work.count) : await bringUpToDate(context, work.files)
  // Sent at once: what is committed is durable, and the parent serves the old schema until it hears of it. The parent then ends this process.
  return {
    type: 'done',
    result: { ...result, schema: result.schema === schema ? null : serializeSchema(result.schema) },
  }
}

function send(message: MigrationMessage): void {
  process.send?.(message)
}
