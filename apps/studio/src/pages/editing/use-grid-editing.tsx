import { type ReactNode, useCallback, useMemo, useSyncExternalStore } from 'react'
import type { JsonObject } from '../../fields/exact-json'
import { useWriteReason } from '../../fields/use-may-write'
import { useZone } from '../../fields/use-zone'
import type { Block } from '../../grid/clipboard-text'
import type { CellMark, GridCell, GridEditing, GridMenuItem, GridTarget } from '../../grid/grid-editing'
import { useToast } from '../../kit/toast'
import { useUndo } from '../../kit/undo/undo-provider'
import { messageOf } from '../../session/operator-session'
import { useEditingLock } from '../../shell/editing-lock'
import { useListedKeys } from '../../shell/keyboard'
import { documentsOf } from '../document/document-changes'
import { now } from './cell-editor'
import { CellStates } from './cell-states'
import { type EditedList, fieldNamed } from './edited-list'
import { type EditingContext, rowKey } from './editing-context'
import { useBulkEdits } from './use-bulk-edits'
import { type CellEditsOptions, useCellEdits } from './use-cell-edits'
import { usePasting } from './use-pasting'

export interface GridEditingOptions extends CellEditsOptions {
  readonly list: EditedList
  /** Why nothing is edited here at all: one sees it as somebody else. */
  readonly reason: string | null
  /** Opens the form of a new one, as a copy. */
  duplicate(key: string): void
}

export interface DocumentEditing {
  readonly editing: GridEditing<JsonObject>
  markOf(row: JsonObject, column: string | null): CellMark | null
  menuOf(cell: GridCell<JsonObject>, target: GridTarget): readonly GridMenuItem[]
  /** Rows for new documents: of a paste where there is no cell. */
  pasteNew(block: Block, firstColumn?: string): void
  /** What is open over the page. */
  readonly dialogs: ReactNode
}

/** Changes documents in the grid, by the keys of a spreadsheet. */
export function useGridEditing({ list, reason, duplicate, ...options }: GridEditingOptions): DocumentEditing {
  const { collection } = list
  const toast = useToast()
  const lock = useEditingLock()
  const mayNotWrite = useWriteReason(collection.name)
  const { zone } = useZone()
  // biome-ignore lint/correctness/useExhaustiveDependencies: those of one list
  const states = useMemo(() => new CellStates(), [collection.name, JSON.stringify(list.match)])
  const version = useSyncExternalStore(states.subscribe, states.version)
  const undo = useUndo()
  useListedKeys(['gridEdit', 'gridNull', 'gridPaste', 'gridFill', 'gridNow', 'gridDuplicate', 'gridChange'])

  const why = reason ?? mayNotWrite
  /** Says why nothing can be changed here now. */
  function isOff(): boolean {
    if (why !== null && why !== lock.reason) toast({ title: why })
    else if (lock.isLocked)
      toast({
        title: 'Production is locked',
        action: {
          label: 'Unlock editing for 15 minutes',
          run: () =>
            void lock
              .unlock()
              .catch((error: unknown) =>
                toast({ kind: 'error', title: 'Not unlocked', description: messageOf(error) }),
              ),
        },
      })
    return why !== null || lock.isLocked
  }

  const context: EditingContext = {
    ...{ list, states, undo, isOff },
    failed: (title) => (error) => toast({ kind: 'error', title, description: messageOf(error) }),
  }
  const cells = useCellEdits(context, options)
  const bulk = useBulkEdits(context)
  const pasting = usePasting(context)

  function key(event: KeyboardEvent, cell: GridCell<JsonObject> | null, target: GridTarget): boolean {
    const isControl = event.ctrlKey || event.metaKey
    const letter = event.key.toLowerCase()
    const [column] = target.columns
    if (event.altKey && event.code === 'KeyE' && column !== undefined) {
      bulk.change(target, cell?.column ?? column)
      return true
    }
    if (cell === null) return false
    const field = fieldNamed(collection, cell.column)
    if (isControl && event.shiftKey && letter === 'd') {
      if (!isOff()) duplicate(cell.key)
      return true
    }
    const isTime = field?.type === 'date' || field?.type === 'timestamp'
    if (isControl && event.key === ';' && field !== undefined && isTime) {
      const text = now(field, zone)
      const value = field.type === 'date' ? text : new Date().toISOString()
      if (!isOff()) void cells.save(cell, { field, value, text })
      return true
    }
    if (event.key === ' ' && !isControl && !event.shiftKey && field?.type === 'bool') {
      if (!isOff()) void cells.save(cell, { field, value: list.valueIn(cell.row, field).value !== true, text: '' })
      return true
    }
    return false
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: another function whenever a state is another one, so that rows are shown again
  const markOf = useCallback(
    (row: JsonObject, column: string | null): CellMark | null => {
      const key = rowKey(list, row)
      if (column === null) return states.isStale(key) ? 'stale' : null
      const state = states.of(key, column)
      return state === undefined ? null : state.kind
    },
    [states, version, collection.key],
  )

  function menuOf(cell: GridCell<JsonObject>, target: GridTarget): readonly GridMenuItem[] {
    const count = target.isAll ? list.count() : target.rows.last - target.rows.first + 1
    return [
      {
        label: `Change ${documentsOf(count, collection.name)}`,
        keys: 'Alt+E',
        reason: why,
        startsGroup: true,
        run: () => bulk.change(target, cell.column),
      },
      { label: 'Duplicate', keys: 'Ctrl+Shift+D', reason: why, run: () => duplicate(cell.key) },
      {
        label: `Delete ${documentsOf(count, collection.name)}`,
        reason: why,
        run: () => bulk.remove(target),
      },
    ]
  }

  return {
    editing: {
      ...{ edit: cells.edit, paste: pasting.paste, clear: bulk.clear, fillDown: bulk.fillDown, key },
      // While production is locked, keys of editing offer to unlock it.
      isReadOnly: why !== null && why !== lock.reason,
      notRead: () => toast({ title: 'This document is still being read', description: 'Press the key again then.' }),
    },
    markOf,
    menuOf,
    pasteNew: pasting.pasteNew,
    dialogs: (
      <>
        {cells.dialog}
        {bulk.dialog}
        {pasting.dialog}
      </>
    ),
  }
}
