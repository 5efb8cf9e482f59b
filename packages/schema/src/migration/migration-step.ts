import type { Collection, Field } from '../model'

/**
 * What a migration does, in order, all in one transaction with foreign keys unenforced. A check that fails ends the migration with its message
 * and everything is as before. The caller verifies all references before the commit (PRAGMA foreign_key_check), and puts the triggers of the
 * change log on every table that lost or outgrew its own.
 */
export type MigrationStep =
  | {
      readonly kind: 'sql'
      readonly text: string
      /** What it does, where that may take long. */
      readonly title?: string
    }
  | CheckStep
  | {
      /** Planned when it is run, with what the database has then. Throws CannotKeep where something would be lost. */
      readonly kind: 'late'
      readonly plan: PlanPart
    }
  | {
      /** The values of a field are those of a document (stored-values.ts). */
      readonly kind: 'values'
      readonly collection: Collection
      readonly field: Field
    }

/** SQL that returns the documents that prevent it; none if there are none. */
export interface CheckStep {
  readonly kind: 'check'
  /** Made by `offending`: the key, values, and in the last column how many there are. */
  readonly text: string
  readonly message: string
  /** What to do about it. */
  readonly advice: string
  /** What the key is called. */
  readonly key: string
  /** The index that the documents do not meet. */
  readonly index?: string
}

/** A table, trigger or index, as `sqlite_schema` has it: a rebuilt table is what it was, as far as nothing of it changes. */
export interface PreservedObject {
  readonly type: 'table' | 'trigger' | 'index'
  readonly name: string
  readonly table: string
  readonly sql: string
}

/** A document that is in the way: its key, and what it has there. */
export interface Offender {
  readonly key: unknown
  readonly has?: string
}

/** How many documents a refusal names. */
export const NAMED_OFFENDERS = 3

interface Refusal {
  readonly message: string
  readonly advice: string
  /** What the key is called. */
  readonly key: string
  readonly count: number
  readonly offenders: readonly Offender[]
}

/** `posts.age is required, but it is null in existing documents (2 documents: id 1, id 2): give a fill` */
export function refusal({ message, advice, key, count, offenders }: Refusal): string {
  const named = offenders.map((offender) => {
    const document = `${key} ${showStored(offender.key)}`
    return offender.has === undefined ? document : `${document} has ${offender.has}`
  })
  const more = count > offenders.length ? ', …' : ''
  return `${message} (${count} ${count === 1 ? 'document' : 'documents'}: ${named.join(', ')}${more}): ${advice}`
}

/** What to say of a check that gave rows. */
export function checkFailure(step: CheckStep, rows: readonly (readonly unknown[])[]): string {
  const offenders = rows.map((row): Offender => {
    const values = row.slice(1, -1).map(showStored)
    return { key: row[0], ...(values.length > 0 && { has: values.join(', ') }) }
  })
  return refusal({ ...step, count: Number(rows[0]?.at(-1) ?? offenders.length), offenders })
}

/** A stored value for people. */
export function showStored(value: unknown): string {
  if (value instanceof Uint8Array) return `a blob of ${value.length} bytes`
  const text = typeof value === 'string' ? `'${value}'` : String(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

/**
 * One part of a plan, to be planned when it is run: with what the tables have then, since the parts before it may have renamed what is to be kept.
 */
export type PlanPart = (keep: readonly PreservedObject[]) => readonly MigrationStep[]

/** @param title what it does, where that may take long */
export function sqlStep(text: string, title?: string): MigrationStep {
  return { kind: 'sql', text, ...(title === undefined ? {} : { title }) }
}
