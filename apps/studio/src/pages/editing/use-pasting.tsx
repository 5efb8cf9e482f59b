import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { usePatternTest } from '../../fields/use-pattern-test'
import { useZone } from '../../fields/use-zone'
import { type Block, parseTsv } from '../../grid/clipboard-text'
import type { GridTarget } from '../../grid/grid-editing'
import { useToast } from '../../kit/toast'
import { useSession } from '../../session/session-context'
import { countOf, documentsOf } from '../document/document-changes'
import { fieldNamed } from './edited-list'
import { type EditingContext, nameOfRow, rowKey } from './editing-context'
import { changeMany, MOST_ROWS, type RowWrite, reasonOf } from './many-writes'
import { type CellProblem, placeBlock, readCells } from './paste-plan'
import { PastePreview } from './paste-preview'
import { RefusedRowsDialog } from './refused-rows-dialog'

export interface Pasting {
  paste(block: Block, at: { readonly position: number; readonly column: string }, target: GridTarget): void
  /** Rows for new documents, of a paste where there is no cell. */
  pasteNew(block: Block, firstColumn?: string): void
  readonly dialog: ReactNode
}

type Open =
  | {
      readonly kind: 'refused'
      readonly problems: readonly CellProblem[]
      readonly rows: readonly PastedDocument[]
      readonly beyond: NewRows | null
    }
  | ({ readonly kind: 'preview' } & NewRows)

interface PastedDocument extends RowWrite {
  /** What it is called. */
  readonly name: string
}

interface NewRows {
  readonly block: Block
  readonly columns: readonly string[]
}

/** Where a paste is text, or somebody else's. */
const TAKES_PASTE = 'input, textarea, select, [contenteditable="true"], [role="grid"], [role="dialog"], aside'

/** Pastes blocks of cells: over documents that there are, and into new ones, which are looked at first. */
export function usePasting({ list, undo, isOff, failed }: EditingContext): Pasting {
  const { collection } = list
  const session = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const { zone } = useZone()
  const matches = usePatternTest(collection)
  const [open, setOpen] = useState<Open | null>(null)
  const [isBusy, setBusy] = useState(false)

  function paste(block: Block, at: { readonly position: number; readonly column: string }, target: GridTarget): void {
    if (isOff() || block.length === 0) return
    const write = async () => {
      const place = (count: number) => placeBlock(block, { at, target, columns: list.columns, count })
      let placed = place(list.count())
      // Only behind the last document there are new ones: until all are counted, it is not known which that is.
      if (placed.beyond.length > 0) placed = place(await list.counted())
      if (placed.cells.length === 0) {
        pasteNew(placed.beyond, at.column)
        return
      }
      if (placed.cut > 0)
        toast({
          title: `${countOf(placed.cut, 'column')} of what was pasted left out`,
          description: 'They would be right of the last column that is shown.',
        })
      const positions = [...new Set(placed.cells.map(({ position }) => position))]
      if (positions.length > MOST_ROWS) {
        toast({
          kind: 'error',
          title: 'Nothing was pasted',
          description: `At most ${MOST_ROWS.toLocaleString('en')} rows at once: import a file of more.`,
        })
        return
      }
      const [first = 0] = positions
      const rows = positions.every((position) => list.rowAt(position) !== undefined)
        ? positions.map((position) => list.rowAt(position))
        : await list.read({ first, last: first + positions.length - 1 })
      const rowAt = (position: number) => rows[position - first]
      const { rows: changed, problems } = readCells(placed.cells, {
        ...{ collection, zone, matches },
        storedAt(position, field) {
          const row = rowAt(position)
          const value = row === undefined ? undefined : list.valueIn(row, field)
          return value?.isWhole ? value.value : undefined
        },
      })
      const writes = changed.flatMap(({ position, values }) => {
        const row = rowAt(position)
        return row === undefined ? [] : [{ key: rowKey(list, row), name: nameOfRow(list, row), values }]
      })
      const beyond =
        placed.beyond.length === 0
          ? null
          : { block: placed.beyond, columns: list.columns.slice(list.columns.indexOf(at.column)) }
      if (problems.length > 0) setOpen({ kind: 'refused', problems, rows: writes, beyond })
      else {
        await pasteRows(writes)
        if (beyond !== null) goOn(beyond)
      }
    }
    void undo.during(write).catch(failed('Nothing was pasted'))
  }

  async function pasteRows(rows: readonly PastedDocument[]): Promise<void> {
    if (rows.length === 0) {
      toast({ title: 'Nothing to change: these are the values already' })
      return
    }
    const written = await changeMany(session, collection, rows)
    if (written.kind === 'refused') {
      toast({
        kind: 'error',
        title: `Nothing was pasted: ${rows[written.index]?.name ?? 'a document'} was refused`,
        description: reasonOf(written.error),
      })
      return
    }
    list.refresh()
    void queries.invalidateQueries({ queryKey: ['document', collection.name] })
    const [first] = rows
    const what = rows.length === 1 && first ? first.name : documentsOf(rows.length, collection.name)
    undo.done(`Changed ${what}`, written.action)
  }

  function pasteNew(block: Block, firstColumn?: string): void {
    if (isOff() || block.length === 0) return
    const from = firstColumn === undefined ? 0 : Math.max(0, list.columns.indexOf(firstColumn))
    const columns = list.columns.slice(from)
    // Keys are the server's where it makes them.
    const hasOwnKey = fieldNamed(collection, collection.key)?.default?.kind === 'auto'
    setOpen({
      kind: 'preview',
      block,
      columns: hasOwnKey ? columns.filter((name) => name !== collection.key) : columns,
    })
  }

  // Elsewhere on the page rows can be pasted too, where nothing takes text.
  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      if (event.defaultPrevented || !(event.target instanceof Element)) return
      if (event.target.closest(TAKES_PASTE) !== null) return
      const text = event.clipboardData?.getData('text/plain') ?? ''
      if (!/[\t\n]/.test(text)) return
      event.preventDefault()
      pasteNew(parseTsv(text))
    }
    document.addEventListener('paste', onPaste)
    return () => document.removeEventListener('paste', onPaste)
  })

  const close = () => setOpen(null)
  const goOn = (beyond: NewRows | null) => setOpen(beyond && { kind: 'preview', ...beyond })
  return {
    paste,
    pasteNew,
    dialog:
      open?.kind === 'refused' ? (
        <RefusedRowsDialog
          problems={open.problems}
          ready={open.rows.length}
          isBusy={isBusy}
          onClose={close}
          onApply={() => {
            setBusy(true)
            void undo
              .during(() => pasteRows(open.rows))
              .then(() => goOn(open.beyond))
              .catch(failed('Nothing was pasted'))
              .finally(() => setBusy(false))
          }}
        />
      ) : open?.kind === 'preview' ? (
        <PastePreview
          collection={collection}
          block={open.block}
          columns={open.columns}
          onClose={close}
          onAdded={(documents, action) => {
            list.refresh()
            undo.done(`Added ${documentsOf(documents, collection.name)}`, action)
          }}
        />
      ) : null,
  }
}
