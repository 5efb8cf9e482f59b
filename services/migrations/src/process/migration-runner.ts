import type { Actor } from '@koyalite/contracts'
import { deserializeSchema, serializeSchema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import type { MigrationsContext } from '../migrations-context'
import { servedSchema } from '../operations/apply-schema'
import { nameOf } from '../operations/name-of'
import { planPending } from '../operations/plan-pending'
import { databaseSize } from '../store/database-size'
import { type MigrationRecord, readRecords } from '../store/migration-records'
import type { MigrationMessage, MigrationRequest, MigrationWork, ResultOf } from './migration-protocol'

export interface MigrationRunnerOptions {
  /** Starts a program that calls `runMigrationProcess`. */
  readonly command: readonly string[]
  readonly path: string
  readonly key: string | undefined
  /** Where copies are made before something is lost. */
  readonly snapshots: string
  /** A step has begun. */
  readonly onStep?: (step: string) => void
}

/** A migration that runs. */
export interface RunningMigration {
  /** Since when. */
  readonly since: string
  /** What it does now, in words. */
  readonly step: string
}

/**
 * Changes schemas in a process of its own, so that this one continues answering: rebuilding a large table takes seconds to minutes, and a statement cannot be
 * interrupted in the process that runs it.
 */
export interface MigrationRunner {
  /** Whether a change may take so long that it has to run elsewhere. @param changes how many differences it has */
  isWorthwhile(database: Database, changes: number): boolean
  run<W extends MigrationWork>(context: MigrationsContext, by: Actor, work: W): Promise<ResultOf<W>>
  running(): RunningMigration | null
  /** Ends what runs; what it has not committed is undone. False where nothing runs. @param why a sentence, without its end */
  cancel(why?: string): boolean
}

/** Of a database of this size every step takes less than what a request may take. */
const SMALL_BYTES = 8 * 1024 * 1024
/** A table takes a millisecond. */
const FEW_CHANGES = 100

export function createMigrationRunner(options: MigrationRunnerOptions): MigrationRunner {
  let running: (RunningMigration & { readonly end: (why: string) => void }) | null = null
  return {
    isWorthwhile: (database, changes) => changes > FEW_CHANGES || databaseSize(database) > SMALL_BYTES,
    run: (context, by, work) =>
      context.database.handOver(async () => {
        const before = readRecords(context.database)
        const onStep = (step: string) => {
          running = running && { ...running, step }
          options.onStep?.(step)
        }
        const child = startChild(options, requestOf(options, context, by, work), onStep)
        running = { since: new Date().toISOString(), step: '', end: child.kill }
        onStep('preparing')
        try {
          const end = await child.end
          if (end.type === 'done') return finished(context, end) as never
          return unfinished(context, work, { before, reason: reasonOf(end) }) as never
        } finally {
          running = null
        }
      }),
    running: () => (running === null ? null : { since: running.since, step: running.step }),
    cancel(why = 'The migration was cancelled') {
      running?.end(why)
      return running !== null
    },
  }
}

function requestOf(
  { path, key, snapshots }: MigrationRunnerOptions,
  { schema, files, systemTables }: MigrationsContext,
  by: Actor,
  work: MigrationWork,
): MigrationRequest {
  return { path, key, snapshots, files, systemTables, by, work, schema: serializeSchema(schema) }
}

interface Child {
  readonly end: Promise<ChildEnd>
  readonly kill: (why: string) => void
}

/** What its last message said, or how it ended without one: by `cancel`, or by somebody else, such as a system that is out of memory. */
type ChildEnd =
  | Exclude<MigrationMessage, { type: 'step' }>
  | { readonly type: 'cancelled'; readonly why: string }
  | { readonly type: 'died'; readonly how: string }

function startChild(
  { command }: MigrationRunnerOptions,
  request: MigrationRequest,
  onStep: (step: string) => void,
): Child {
  const { promise, resolve } = Promise.withResolvers<ChildEnd>()
  let last: ChildEnd | null = null
  const child = Bun.spawn([...command], {
    // Never written to; its end tells the child that this process is gone.
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'inherit',
    serialization: 'advanced',
    ipc(message: MigrationMessage) {
      if (message.type === 'step') return onStep(message.step)
      last = message
      child.kill('SIGKILL')
    },
    // Only then does nobody else hold the database.
    onExit(_child, code, signal) {
      resolve(last ?? { type: 'died', how: `${signal ?? `exit code ${code}`}` })
    },
  })
  child.send(request)
  return {
    end: promise,
    kill(why) {
      last ??= { type: 'cancelled', why }
      child.kill('SIGKILL')
    },
  }
}

function finished(
  context: MigrationsContext,
  { result }: Extract<MigrationMessage, { type: 'done' }>,
): ResultOf<MigrationWork> {
  return { ...result, schema: result.schema === null ? context.schema : deserializeSchema(result.schema) }
}

function reasonOf(end: Exclude<ChildEnd, { type: 'done' }>): string {
  if (end.type === 'cancelled') return `${end.why} and rolled back.`
  const what = end.type === 'died' ? `its process exited (${end.how})` : end.message
  return `The migration failed and was rolled back: ${what}`
}

/** Each file is a transaction of its own: some may have been done. */
function unfinished(
  context: MigrationsContext,
  work: MigrationWork,
  { before, reason }: { readonly before: readonly MigrationRecord[]; readonly reason: string },
): ResultOf<MigrationWork> {
  const after = readRecords(context.database)
  const failed = {
    kind: 'failed',
    problems: [reason],
    schema: servedSchema(context),
  } as const
  if (work.kind === 'roll_back') {
    const gone = before.filter(({ version }) => !after.some((record) => record.version === version))
    const migrations = gone.toReversed().map(({ version, name }) => ({ version, name, losses: [] }))
    return { ...failed, migrations, snapshot: null }
  }
  const added = after.filter(({ version }) => !before.some((record) => record.version === version))
  const migrations = added.map(({ version, name, snapshot }) => {
    const file = context.files.find((candidate) => candidate.version === version)?.file ?? nameOf({ version, name })
    return { version, name, snapshot, file }
  })
  const files = planPending(context).files
  return { ...failed, migrations, files }
}
