import type { EventSubscription, ProjectEvent, Sql, SqlValue, Tx } from '@koyalite/contracts'
import { type Log, NO_LOG } from '@koyalite/kernel'
import { SQL_FUNCTIONS } from '@koyalite/query'
import { createSchemaSql, formatProblem, loggedTable, parseSchema, type Schema } from '@koyalite/schema'
import { changeTriggers, type Database, type DatabaseOptions, openDatabase } from '@koyalite/sqlite'
import { createEvents, type Events } from '../project-events'
import { EVENT_TABLES } from '../store/event-log'

export const NOTES = `version: 1
collections:
  notes:
    fields:
      id: { type: string, primary: true }
      text: { type: string, nullable: true }
      n: { type: int, default: 0 }
      score: { type: float, nullable: true }
      done: { type: bool, default: false }
      data: { type: json, nullable: true }
      at: { type: timestamp, nullable: true }
      raw: { type: blob, nullable: true }
      secret: { type: string, nullable: true, internal: true }
  tags:
    fields:
      id: { type: int, primary: true }
      note_id: { type: string, nullable: true, references: notes.id, onDelete: cascade }
`

export interface EventsWorld {
  readonly database: Database
  readonly schema: Schema
  readonly events: Events
  run(text: string, ...params: SqlValue[]): Promise<void>
  close(): Promise<void>
}

/** A real database with the tables of a schema, and events over it. */
export async function openEventsWorld(
  options: Partial<DatabaseOptions> & { readonly yaml?: string; readonly eventLog?: Log } = {},
): Promise<EventsWorld> {
  const { yaml = NOTES, eventLog = NO_LOG, ...databaseOptions } = options
  const schema = schemaOf(yaml)
  const database = await openDatabase({ path: ':memory:', functions: SQL_FUNCTIONS, log: NO_LOG, ...databaseOptions })
  if (database.get(sql("SELECT 1 FROM sqlite_schema WHERE name = 'notes'")) === undefined) {
    await database.migrate((tx) => {
      for (const text of [...EVENT_TABLES.steps.flat(), ...createSchemaSql(schema)]) tx.exec(text)
      for (const collection of schema.collections.values())
        for (const trigger of changeTriggers(loggedTable(collection))) tx.exec(trigger.sql)
    })
  }
  const events = createEvents({ database, schema, log: eventLog, backOff: { firstMs: 1, longestMs: 5 } })
  return {
    ...{ database, schema, events },
    async run(text, ...params) {
      await database.write((tx) => void tx.run(sql(text, ...params)))
    },
    async close() {
      await events.close()
      await database.close()
    },
  }
}

export function schemaOf(yaml: string): Schema {
  const parsed = parseSchema(yaml, { file: 'schema.yaml' })
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  return parsed.schema
}

export function sql(text: string, ...params: SqlValue[]): Sql {
  return { text, params }
}

export interface Recorder {
  readonly seen: ProjectEvent[]
  readonly subscription: EventSubscription
  patterns: readonly string[]
  /** Called before an event is recorded. */
  before: (tx: Tx, event: ProjectEvent) => void
}

/** A subscriber that remembers what it is given, once it is committed. */
export async function record(
  events: Events,
  patterns: readonly string[],
  { name = 'test' }: { readonly name?: string } = {},
): Promise<Recorder> {
  const recorder: { -readonly [K in keyof Recorder]: Recorder[K] } = {
    ...{ seen: [], patterns, before: () => {} },
    subscription: events.subscribe({
      name,
      patterns: () => recorder.patterns,
      deliver(tx, event) {
        recorder.before(tx, event)
        tx.afterCommit(() => void recorder.seen.push(event))
      },
    }),
  }
  await recorder.subscription.changed()
  return recorder
}
