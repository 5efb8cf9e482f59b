import type { Json, JsonObject } from '../../fields/exact-json'
import { type CollectionInfo, type FieldInfo, isRequired } from '../../fields/field'
import { readInput } from '../../fields/field-input'
import { type PatternTest, valueProblem } from '../../fields/value-problem'
import type { Zone } from '../../fields/zone'
import type { Block } from '../../grid/clipboard-text'

/** A column of pasted rows becomes this field; null: it is left out. */
export type Mapping = readonly (string | null)[]

/** Finds the document that a text means; undefined: not known yet. */
export type ResolveReference = (
  field: FieldInfo,
  text: string,
) => { readonly value: Json } | { readonly problem: string } | undefined

export interface NewRowsReading {
  readonly collection: CollectionInfo
  readonly mapping: Mapping
  readonly zone: Zone
  readonly matches: PatternTest | undefined
  readonly resolve: ResolveReference
}

export interface NewRow {
  /** What is created; without fields whose cells are empty: these get their defaults. */
  readonly values: JsonObject
  /** By column of the paste. */
  readonly problems: ReadonlyMap<number, string>
  /** Of fields that no column gives. */
  readonly missing: readonly string[]
}

/** Whether the first row names fields, so that it is no document. */
export function hasHead(rows: Block, { fields }: CollectionInfo): boolean {
  const names = new Set(fields.flatMap(({ name }) => [normal(name), normal(name).replace(/id$/, '')]))
  const head = (rows[0] ?? []).filter((cell) => cell.trim() !== '')
  return head.length > 0 && head.filter((cell) => names.has(normal(cell))).length * 2 > head.length
}

/** By the names in the head; without one, by the order of the columns on the screen from where it was pasted. */
export function guessMapping(
  rows: Block,
  {
    collection,
    columns,
    head,
  }: { readonly collection: CollectionInfo; readonly columns: readonly string[]; readonly head: boolean },
): Mapping {
  const width = Math.max(0, ...rows.map((row) => row.length))
  const open = collection.fields.filter(({ internal }) => !internal)
  const names = Array.from({ length: width }, (_, at) => {
    if (!head) return columns[at] ?? null
    const name = normal(rows[0]?.[at] ?? '')
    return (
      (open.find((field) => normal(field.name) === name) ?? open.find((field) => normal(field.name) === `${name}id`))
        ?.name ?? null
    )
  })
  return names.map((name, at) => (name !== null && names.indexOf(name) === at ? name : null))
}

function normal(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
}

/** Fields that every new document needs, and no column gives. */
export function unmappedFields({ fields }: CollectionInfo, mapping: Mapping): readonly FieldInfo[] {
  return fields.filter((field) => isRequired(field) && !field.internal && !mapping.includes(field.name))
}

export function readNewRow(
  cells: readonly string[],
  { collection, mapping, zone, matches, resolve }: NewRowsReading,
): NewRow {
  const values: Record<string, Json> = {}
  const problems = new Map<number, string>()
  for (const [at, name] of mapping.entries()) {
    const field = collection.fields.find((one) => one.name === name)
    const text = cells[at] ?? ''
    if (field === undefined || text === '') continue
    const read =
      field.references === null ? readInput(field, { kind: 'text', text }, zone) : readReference(field, text, resolve)
    const message =
      read.kind === 'problem' ? read.message : read.kind === 'value' ? valueProblem(field, read.value, matches) : null
    if (message !== null) problems.set(at, message)
    else if (read.kind === 'value') values[field.name] = read.value
  }
  const missing = collection.fields
    .filter((field) => isRequired(field) && !(field.name in values))
    .map(({ name }) => name)
    .filter((name) => ![...problems.keys()].some((at) => mapping[at] === name))
  return { values, problems, missing }
}

type Read = ReturnType<typeof readInput>

function readReference(field: FieldInfo, text: string, resolve: ResolveReference): Read {
  const found = resolve(field, text)
  if (found === undefined) return { kind: 'unset' }
  return 'value' in found ? { kind: 'value', value: found.value } : { kind: 'problem', message: found.problem }
}
