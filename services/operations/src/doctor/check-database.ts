import { createSchemaSql } from '@koyalite/schema'
import { listCursors, openDatabase } from '@koyalite/sqlite'
import type { OperationsContext } from '../operations-context'
import { expectedTriggers } from '../store/expected-triggers'
import { brokenReferences, storedTriggers, type TableShape, tableShape } from '../store/table-shape'
import { type Finding, ok, problem, some } from './finding'

const RESTORE = 'Stop the server, keep a copy of the folder data/, and restore a backup: koyalite db restore <backup>.'

export async function checkIntegrity({ database }: OperationsContext): Promise<Finding> {
  const check = 'integrity'
  try {
    const found = await database.verify()
    if (found.length === 0) return ok(check, 'all pages of the database are intact')
    return problem(check, `the database is damaged: ${some(found, 3)}`, RESTORE)
  } catch (error) {
    return problem(check, `the database could not be read completely: ${messageOf(error)}`, RESTORE)
  }
}

export async function checkReferences({ database }: OperationsContext): Promise<Finding> {
  const check = 'references'
  try {
    const broken = await brokenReferences(database)
    if (broken.length === 0) return ok(check, 'all references are valid')
    return problem(
      check,
      `documents reference others that do not exist: ${some(broken)}`,
      'Another program wrote them. Correct or delete these rows, or create the missing documents.',
    )
  } catch (error) {
    return problem(check, `references cannot be checked: ${messageOf(error)}`, RESTORE)
  }
}

/** Compares the tables of the file with those that the schema would make. */
export async function checkDrift({ database, schema }: OperationsContext): Promise<Finding> {
  const check = 'schema'
  const model = await openDatabase({ path: ':memory:' })
  try {
    await model.migrate((tx) => {
      for (const text of createSchemaSql(schema)) tx.exec(text)
    })
    const differences = [...schema.collections.values()].flatMap(({ table }) =>
      differencesOf(table, tableShape(model, table), tableShape(database, table)),
    )
    if (differences.length === 0) return ok(check, 'the tables match the schema')
    return problem(
      check,
      `the tables do not match schema.yaml: ${some(differences)}`,
      'Another program changed them. Revert that, or restore a backup; koyalite migrate status shows the recorded state.',
    )
  } finally {
    await model.close()
  }
}

/** Indexes and columns that others made do no harm. The types of an adopted table are its own. */
function differencesOf(table: string, wanted: TableShape | null, found: TableShape | null): readonly string[] {
  if (found === null) return [`the table ${table} is missing`]
  return [...(wanted?.lines ?? [])].flatMap(([what, how]) => {
    const there = found.lines.get(what)
    if (there === undefined) return [`${table} is missing the ${what}`]
    return found.strict && there !== how ? [`${table}: the ${what} is ${there} instead of ${how}`] : []
  })
}

export function checkTriggers({ database, schema }: OperationsContext): Finding {
  const check = 'change log'
  const stored = storedTriggers(database)
  const wrong = expectedTriggers(schema)
    .filter(({ triggers }) => triggers.some(({ name, sql }) => stored.get(name) !== sql))
    .map(({ table }) => table)
  if (wrong.length === 0) return ok(check, 'all tables have the triggers of the change log')
  return problem(
    check,
    `triggers of the change log are missing or changed on ${some(wrong)}: changes there are not recorded`,
    'Another program dropped or changed them. Add or change any field of these collections in schema.yaml, or restore a backup.',
  )
}

export function checkCursors({ database }: OperationsContext): Finding {
  const check = 'consumers'
  const cursors = listCursors(database)
  const broken = cursors.filter(({ state }) => state === 'broken').map(({ name }) => name)
  const count = cursors.length === 1 ? '1 consumer' : `${cursors.length} consumers`
  if (broken.length === 0) return ok(check, `${count} of the change log, none has lost changes`)
  return problem(
    check,
    `${some(broken)} fell so far behind that they missed changes`,
    'They must start over from the current documents. If they are slow rather than stopped, raise database.changes.keep and max_bytes.',
  )
}

const LARGE_WAL = 128 * 1024 * 1024

/** A reader that never ends makes the write-ahead log grow. */
export function checkWriteAheadLog({ database }: OperationsContext): Finding | null {
  const check = 'write-ahead log'
  const { checkpoints } = database.stats()
  if (checkpoints === null) return null
  const { walBytes, blockedSince, full } = checkpoints
  const size = `${Math.round(walBytes / 1024 / 1024)} MB`
  if (blockedSince === null || (walBytes < LARGE_WAL && !full)) return ok(check, `${size}, checkpoints are up to date`)
  const since = new Date(blockedSince).toISOString()
  return problem(
    check,
    `a reader has blocked checkpoints since ${since}: it has ${size}${full ? ', and writes are rejected' : ''}`,
    'End that reader: another program with an open transaction (fuser data/koyalite.db names it), or a long dump.',
  )
}

function messageOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message : String(cause)
}
