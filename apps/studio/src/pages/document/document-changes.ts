import { type Json, type JsonObject, sameJson } from '../../fields/exact-json'
import type { CollectionInfo } from '../../fields/field'
import { type FieldInput, readInput } from '../../fields/field-input'
import { type PatternTest, valueProblem } from '../../fields/value-problem'
import type { Zone } from '../../fields/zone'

/** What somebody has done to a form: inputs of the fields that they touched, and of no others. */
export type Changes = Readonly<Record<string, FieldInput>>

export interface FieldProblem {
  readonly message: string
  /** Texts of which one was meant. */
  readonly choices?: readonly string[]
}

export interface ReadChanges {
  /** What is to be written: of the fields whose values are others than those of the document. */
  readonly values: JsonObject
  readonly problems: Readonly<Record<string, FieldProblem>>
  /** Fields that differ, or whose text cannot be read. */
  readonly changed: readonly string[]
}

interface Reading {
  readonly zone: Zone
  readonly matches?: PatternTest | undefined
}

/** @param base the document; null for a new one, of which all that was touched is written */
export function readChanges(
  { fields }: CollectionInfo,
  { changes, base }: { readonly changes: Changes; readonly base: JsonObject | null },
  { zone, matches }: Reading,
): ReadChanges {
  const values: Record<string, Json> = {}
  const problems: Record<string, FieldProblem> = {}
  const changed: string[] = []
  for (const field of fields) {
    const input = changes[field.name]
    if (input === undefined) continue
    const read = readInput(field, input, zone)
    if (read.kind === 'unset') continue
    if (read.kind === 'value' && base !== null && sameJson(read.value, base[field.name])) continue
    changed.push(field.name)
    if (read.kind === 'problem') {
      problems[field.name] = read
      continue
    }
    values[field.name] = read.value
    const message = valueProblem(field, read.value, matches)
    if (message !== null) problems[field.name] = { message }
  }
  return { values, problems, changed }
}

/** A field that two people have changed, each to something else. */
export interface Conflict {
  readonly field: string
  readonly base: Json | undefined
  readonly mine: Json
  readonly theirs: Json | undefined
}

/** Fields that are changed here and there. What was changed on one side only is not among them: both changes stay. */
export function conflictsOf(mine: JsonObject, base: JsonObject, theirs: JsonObject): readonly Conflict[] {
  return Object.keys(mine).flatMap((field) => {
    const [value, before, after] = [mine[field] ?? null, base[field], theirs[field]]
    const isConflict = !sameJson(before, after) && !sameJson(value, after)
    return isConflict ? [{ field, base: before, mine: value, theirs: after }] : []
  })
}

/** `3 changes` */
export function countOf(count: number, one: string): string {
  return `${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`
}

/** `198 books`, `1 document of books`: the collection is the word for what is in it. */
export function documentsOf(count: number, collection: string): string {
  return count === 1 ? `1 document of ${collection}` : `${count.toLocaleString('en')} ${collection}`
}
