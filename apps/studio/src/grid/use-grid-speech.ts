import { type RefObject, useEffect, useRef } from 'react'
import type { GridTarget } from './grid-editing'
import type { GridSource } from './grid-source'
import { isRange, type Selection } from './selection'
import type { ColumnModel } from './use-column-model'

export interface GridSpeechOptions<Row> {
  readonly element: RefObject<HTMLElement | null>
  readonly source: GridSource<Row>
  readonly model: ColumnModel<Row>
  readonly selection: Selection
  readonly target: GridTarget
}

/** Says which cell the keys are in, or how much is selected, in the live region that it returns. */
export function useGridSpeech<Row>(options: GridSpeechOptions<Row>): RefObject<HTMLDivElement | null> {
  const speech = useRef<HTMLDivElement>(null)
  const { element } = options
  const spoken = speechOf(options)
  useEffect(() => {
    if (speech.current && document.activeElement === element.current) speech.current.textContent = spoken
  }, [spoken, element])
  return speech
}

function speechOf<Row>({ source, model, selection, target }: GridSpeechOptions<Row>): string {
  const { kind, anchor, focus } = selection
  const placed = model.columns[focus.column]
  if (placed === undefined) return ''
  if (focus.row < 0) return `${placed.column.name}, head`
  if (kind === 'all') return `All ${source.count.toLocaleString('en')} rows selected`
  if (isRange(selection)) {
    const rows = Math.abs(anchor.row - focus.row) + 1
    return `${rows.toLocaleString('en')} rows by ${target.columns.length} columns selected`
  }
  const row = source.rowAt(focus.row)
  const value = row === undefined ? 'not loaded' : (placed.column.spoken?.(row) ?? placed.column.text(row))
  return `${placed.column.name}, ${value === '' ? 'empty' : value}, row ${(focus.row + 1).toLocaleString('en')}`
}
