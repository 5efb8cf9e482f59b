import type { Json } from '../../fields/exact-json'
import { sameJson } from '../../fields/exact-json'
import type { CollectionInfo, FieldInfo } from '../../fields/field'
import { holdsText, lockOf } from '../../fields/field'
import { type FieldInput, readInput } from '../../fields/field-input'
import { type PatternTest, valueProblem } from '../../fields/value-problem'
import type { Zone } from '../../fields/zone'
import type { Block } from '../../grid/clipboard-text'
import type { GridTarget } from '../../grid/grid-editing'

/** A cell that a paste is about. */
export interface PastedCell {
  readonly position: number
  readonly column: string
  readonly text: string
}

export interface PastedBlock {
  /** Of rows that there are. */
  readonly cells: readonly PastedCell[]
  /** Rows behind the last one: new documents. */
  readonly beyond: Block
  /** Where their first cell belongs. */
  readonly firstColumn: string
  /** Columns of the block that have no place right of where it begins. */
  readonly cut: number
}

interface PasteAt {
  readonly at: { readonly position: number; readonly column: string }
  readonly target: GridTarget
  readonly columns: readonly string[]
  readonly count: number
}

/** Where the cells of a block go. A selection that holds the block several times is filled with it. */
export function placeBlock(block: Block, { at, target, columns, count }: PasteAt): PastedBlock {
  const from = columns.indexOf(at.column)
  const width = Math.max(0, ...block.map((row) => row.length))
  const [rows, across] = [
    timesIn(block.length, target.rows.last - target.rows.first + 1),
    timesIn(width, target.columns.length),
  ]
  const cells: PastedCell[] = []
  const beyond: string[][] = []
  for (let row = 0; row < block.length * rows; row++) {
    const position = at.position + row
    const texts = block[row % block.length] ?? []
    if (position >= count) {
      beyond.push([...texts])
      continue
    }
    for (let column = 0; column < width * across; column++) {
      const text = texts[column % width]
      const name = columns[from + column]
      if (text !== undefined && name !== undefined) cells.push({ position, column: name, text })
    }
  }
  return { cells, beyond, firstColumn: at.column, cut: Math.max(0, width * across - (columns.length - from)) }
}

/** How often something fits exactly; 1 where it does not. */
function timesIn(size: number, space: number): number {
  return size > 0 && space > size && space % size === 0 ? space / size : 1
}

/** What a pasted text means: a cell without text is null where that is possible, as copying null gives no text. */
export function pastedInput(field: FieldInfo, text: string): FieldInput {
  if (text === '' && (field.nullable || !holdsText(field))) return { kind: 'null' }
  return { kind: 'text', text }
}

export interface CellProblem {
  readonly position: number
  readonly column: string
  readonly message: string
}

export interface PastedRow {
  readonly position: number
  readonly values: { readonly [name: string]: Json }
}

export interface PasteReading {
  readonly collection: CollectionInfo
  readonly zone: Zone
  readonly matches: PatternTest | undefined
  /** What the row has: an equal value is no change. */
  storedAt(position: number, field: FieldInfo): Json | undefined
}

/** What is written of a paste into rows that there are: of a row with a problem nothing. */
export function readCells(
  cells: readonly PastedCell[],
  { collection, zone, matches, storedAt }: PasteReading,
): { readonly rows: readonly PastedRow[]; readonly problems: readonly CellProblem[] } {
  const fields = new Map(collection.fields.map((field) => [field.name, field]))
  const rows = new Map<number, Record<string, Json>>()
  const problems: CellProblem[] = []
  for (const { position, column, text } of cells) {
    const field = fields.get(column)
    if (field === undefined) continue
    const read = readInput(field, pastedInput(field, text), zone)
    if (read.kind === 'value' && sameJson(read.value, storedAt(position, field))) continue
    const message =
      lockOf(field, { isNew: false }) ??
      (read.kind === 'problem' ? read.message : read.kind === 'value' ? valueProblem(field, read.value, matches) : null)
    if (message !== null) {
      problems.push({ position, column, message })
      continue
    }
    if (read.kind !== 'value') continue
    const row = rows.get(position) ?? {}
    row[column] = read.value
    rows.set(position, row)
  }
  const refused = new Set(problems.map(({ position }) => position))
  return {
    rows: [...rows].filter(([position]) => !refused.has(position)).map(([position, values]) => ({ position, values })),
    problems,
  }
}
