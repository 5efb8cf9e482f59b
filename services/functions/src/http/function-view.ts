import type { Database } from '@koyalite/sqlite'
import { z } from 'zod'
import { findPin, listVersions } from '../store/function-versions'
import type { FunctionState } from '../versions/function-set'
import type { LoadedFunction } from '../versions/loaded-function'

/** A function, as operators see it in a list. */
export const listedFunction = z.object({
  name: z.string(),
  file: z.string(),
  runtime: z.string(),
  /** Null where none of its versions can serve. */
  version: z.int().nullable(),
  pinned: z.boolean().describe('Whether it serves because somebody has chosen it: until its files change.'),
  split: z
    .object({ version: z.int(), percent: z.number() })
    .nullable()
    .describe('Another version that gets a share of the calls.'),
  kind: z.enum(['typed', 'raw']).nullable(),
  access: z.string().nullable().describe('Who may call it over HTTP; null: it has no door.'),
  route: z.string().nullable(),
  admin: z.boolean(),
  events: z.array(z.string()).describe('What it is called for.'),
  isolation: z.string().nullable(),
  instances: z.int(),
  busy: z.int(),
  waiting: z.int(),
  memory: z.int().describe('Bytes.'),
  problems: z.array(z.string()).describe('Why what is in the folder is not what serves.'),
  warnings: z.array(z.string()).describe('What is doubtful about what serves.'),
})

/** With what it takes, within which limits it runs, and its versions. */
export const functionDetail = z.object({
  ...listedFunction.shape,
  input: z.unknown().describe('JSON Schema; null where anything goes.'),
  output: z.unknown(),
  calls: z.array(z.string()),
  timeout: z.int().nullable().describe('Milliseconds.'),
  manifest: z
    .object({
      methods: z.array(z.string()).nullable().describe('Of a raw function; null: all.'),
      credentials: z.enum(['checked', 'none']),
      reads_only: z.boolean(),
      rate: z.object({ count: z.int(), per: z.int().describe('Milliseconds.') }).nullable(),
      network: z.union([z.enum(['none', 'all']), z.array(z.string())]),
      env: z.array(z.string()).describe('Names, without values.'),
      memory: z.int().describe('Bytes, of each instance.'),
      concurrency: z.int().describe('Calls that an instance runs at once.'),
      max_body: z.int().describe('Bytes.'),
      stream_timeout: z.int().nullable().describe('Milliseconds; null: as long as it takes.'),
      queue: z
        .object({
          name: z.string().describe('Whose concurrency and rate its jobs share.'),
          timeout: z.int().describe('Milliseconds.'),
          max_attempts: z.int(),
        })
        .nullable()
        .describe('How it runs jobs; null: it runs none.'),
      queues: z.array(z.string()).describe('Other functions that it may push jobs of.'),
      run_as: z.enum(['enqueuer', 'system']).describe('As whom its jobs run.'),
      schedule: z.string().nullable().describe('A pattern, by which it runs by itself.'),
    })
    .nullable()
    .describe('What holds for the version that serves.'),
  versions: z.array(
    z.object({
      version: z.int(),
      created_at: z.string(),
      serves: z.boolean(),
      percent: z.number().describe('Its share of the calls.'),
    }),
  ),
})

export function listedOf(
  database: Database,
  { name, source, serving, split = null, problems }: FunctionState,
): z.output<typeof listedFunction> {
  const { instances = 0, busy = 0, waiting = 0, memory = 0 } = serving?.pool.stats() ?? {}
  return {
    ...{ name, file: source.file, runtime: source.runtime, problems: [...problems] },
    version: serving?.version ?? null,
    pinned: serving !== null && findPin(database, name)?.version === serving.version,
    split: split && { ...split },
    kind: serving?.kind ?? null,
    access: serving?.accessText ?? null,
    route: serving?.route ?? null,
    admin: serving?.isAdmin ?? false,
    events: [...(serving?.events ?? [])],
    isolation: serving?.isolation ?? null,
    ...{ instances, busy, waiting, memory },
    warnings: [...(serving?.warnings ?? [])],
  }
}

export function detailOf(database: Database, state: FunctionState): z.output<typeof functionDetail> {
  const { name, serving } = state
  return {
    ...listedOf(database, state),
    input: serving?.input?.jsonSchema ?? null,
    output: serving?.output?.jsonSchema ?? null,
    calls: [...(serving?.calls ?? [])],
    timeout: serving?.timeoutMs ?? null,
    manifest: serving && manifestOf(serving),
    versions: listVersions(database, name).map(({ version, createdAt }) => ({
      ...{ version, created_at: createdAt, serves: version === serving?.version, percent: shareOf(state, version) },
    })),
  }
}

/** Percent. */
function shareOf({ serving, split }: FunctionState, version: number): number {
  if (split?.version === version) return split.percent
  return version === serving?.version ? 100 - (split?.percent ?? 0) : 0
}

function manifestOf(serving: LoadedFunction): z.output<typeof functionDetail>['manifest'] {
  const { methods, auth, readsOnly, rate, network, envNames, memoryLimit, concurrency, maxBody, streamTimeoutMs } =
    serving
  const { queue, queues, runsAsSystem, schedule } = serving
  return {
    methods: methods && [...methods],
    credentials: auth,
    reads_only: readsOnly,
    rate: rate && { ...rate },
    network: typeof network === 'string' ? network : network.map(({ host, port }) => `${host}:${port}`),
    queue: queue && { name: queue.name, timeout: queue.timeout, max_attempts: queue.retry.maxAttempts },
    ...{ queues: [...queues], run_as: runsAsSystem ? 'system' : 'enqueuer', schedule: schedule?.cron ?? null },
    ...{ env: [...envNames], memory: memoryLimit, concurrency, max_body: maxBody, stream_timeout: streamTimeoutMs },
  }
}
