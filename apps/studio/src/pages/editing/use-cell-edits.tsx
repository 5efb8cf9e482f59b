import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { readDocument, type StoredDocument } from '../../fields/documents'
import type { Json, JsonObject } from '../../fields/exact-json'
import { type FieldInfo, isLong, lockOf } from '../../fields/field'
import { inputOf } from '../../fields/field-input'
import { searchReferences } from '../../fields/references'
import { useCollections } from '../../fields/use-collections'
import { usePatternTest } from '../../fields/use-pattern-test'
import { useZone } from '../../fields/use-zone'
import type { EditClose, GridCell } from '../../grid/grid-editing'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useSession } from '../../session/session-context'
import { CellChoice, type Choice } from './cell-choice'
import { type CellConflict, CellConflictDialog } from './cell-conflict-dialog'
import { CellEditor } from './cell-editor'
import { fieldNamed } from './edited-list'
import { type EditingContext, nameOfRow, textOf } from './editing-context'
import { writeCell } from './write-cell'

export interface CellEditsOptions {
  /** Opens the panel of a document, at a field. */
  openDocument(key: string, field: string): void
  /** Whether a document still matches what the list asks for. */
  stillMatches(key: string): Promise<boolean>
}

export interface CellValue {
  readonly field: FieldInfo
  readonly value: Json
  /** As it was typed. */
  readonly text: string
}

export interface CellEdits {
  edit(cell: GridCell<JsonObject>, typed: string | null, close: (how?: EditClose) => void): ReactNode
  save(cell: GridCell<JsonObject>, given: CellValue): Promise<void>
  readonly dialog: ReactNode
}

/** What takes less is not worth a mark. */
const SHOW_SAVING_AFTER_MS = 150

/** Edits one cell in its place, and writes it over nothing that was not seen. */
export function useCellEdits(
  { list, states, undo, isOff }: EditingContext,
  { openDocument, stillMatches }: CellEditsOptions,
): CellEdits {
  const { collection } = list
  const session = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const { zone } = useZone()
  const matches = usePatternTest(collection)
  const { data: collections = [] } = useCollections()
  const [conflict, setConflict] = useState<CellConflict | null>(null)

  const save = (cell: GridCell<JsonObject>, given: CellValue, before = readBefore(cell.key)): Promise<void> =>
    undo.during(() => write(cell, given, before))

  async function write(
    cell: GridCell<JsonObject>,
    { field, value, text }: CellValue,
    before: Promise<StoredDocument>,
  ): Promise<void> {
    const { key, row } = cell
    const shown = list.valueIn(row, field)
    const timer = setTimeout(() => states.set(key, field.name, { kind: 'saving' }), SHOW_SAVING_AFTER_MS)
    try {
      const cellWrite = {
        ref: { collection: collection.name, key },
        field: field.name,
        shown: shown.isWhole ? shown.value : undefined,
        value,
      }
      const written = await writeCell(session, cellWrite, await before)
      clearTimeout(timer)
      states.set(key, field.name, null)
      if (written.kind === 'conflict') {
        const { base, theirs } = written
        setConflict({ key, field, base, mine: value, theirs })
        return
      }
      list.show(key, written.document.values)
      void queries.invalidateQueries({ queryKey: ['document', collection.name, key] })
      undo.noted(`Changed ${field.name} of ${nameOfRow(list, row)}`, written.document.action)
      states.setStale(key, !(await stillMatches(key)))
    } catch (error) {
      clearTimeout(timer)
      const message = messageOf(error)
      states.set(key, field.name, { kind: 'refused', text, message })
      toast({ kind: 'error', title: `Not saved: ${field.name} of ${nameOfRow(list, row)}`, description: message })
    }
  }
  function readBefore(key: string) {
    const read = readDocument(session, { collection: collection.name, key })
    // It is waited for when the edit is committed, which may be never.
    read.catch(() => {})
    return read
  }

  function edit(cell: GridCell<JsonObject>, typed: string | null, close: (how?: EditClose) => void): ReactNode {
    const field = fieldNamed(collection, cell.column)
    if (field === undefined || isOff()) return null
    const locked = lockOf(field, { isNew: false })
    if (locked !== null) {
      toast({ title: `${field.name} cannot be changed. ${locked}` })
      return null
    }
    const { value, isWhole } = list.valueIn(cell.row, field)
    const refused = states.of(cell.key, cell.column)
    const hasLines = typeof value === 'string' && value.includes('\n')
    if (isLong(field) || !isWhole || hasLines) {
      openDocument(cell.key, field.name)
      return null
    }
    // The newest values and their ETag come while somebody types.
    const before = readBefore(cell.key)
    const choices = choicesOf(field)
    if (choices !== null)
      return (
        <CellChoice
          label={field.name}
          typed={typed ?? ''}
          current={value === null || value === undefined ? null : textOf(value)}
          isNullable={field.nullable}
          find={choices}
          findKey={[collection.name, field.name]}
          onChoose={(chosen) => {
            const next = chosen === null ? null : choiceValue(field, chosen)
            void save(cell, { field, value: next, text: chosen ?? '' }, before)
          }}
          close={close}
        />
      )
    const initial = inputOf(field, value ?? null, zone)
    return (
      <CellEditor
        {...{ field, zone, matches, close }}
        initial={
          typed !== null
            ? { kind: 'text', text: typed }
            : refused?.kind === 'refused'
              ? { kind: 'text', text: refused.text }
              : initial
        }
        isTyped={typed !== null}
        refusal={typed === null && refused?.kind === 'refused' ? refused.message : null}
        onCommit={(next, text) => void save(cell, { field, value: next, text }, before)}
      />
    )
  }

  /** Null: any value can be typed. */
  function choicesOf(field: FieldInfo): ((text: string) => readonly Choice[] | Promise<readonly Choice[]>) | null {
    if (field.references !== null) {
      const target = collections.find(({ name }) => name === field.references?.collection)
      const at = field.references.field
      return async (text) =>
        (await searchReferences(session, { target, field: at }, text)).map(({ value, label }) => ({
          value,
          label: label ?? value,
          ...(label !== null && { detail: value.length > 12 ? `…${value.slice(-6)}` : value }),
        }))
    }
    if (field.enum === null && field.type !== 'bool') return null
    const values = field.enum === null ? ['true', 'false'] : field.enum.values.map(String)
    return (text) => {
      const wanted = text.toLowerCase()
      const [begin, rest] = [
        values.filter((one) => one.toLowerCase().startsWith(wanted)),
        values.filter((one) => !one.toLowerCase().startsWith(wanted)),
      ]
      return [...begin, ...rest.filter((one) => one.toLowerCase().includes(wanted))].map((value) => ({
        value,
        label: value,
      }))
    }
  }

  return {
    edit,
    save,
    dialog: conflict && (
      <CellConflictDialog
        conflict={conflict}
        onDecide={(value) => {
          setConflict(null)
          const { key, field, theirs } = conflict
          list.show(key, theirs.values)
          const cell = { position: -1, key, row: theirs.values, column: field.name }
          if (value !== undefined) void save(cell, { field, value, text: textOf(value) }, Promise.resolve(theirs))
        }}
      />
    ),
  }
}

/** What a chosen text is. */
function choiceValue({ type, enum: choices, references }: FieldInfo, text: string): Json {
  if (choices !== null) return choices.values.find((value) => String(value) === text) ?? text
  if (type === 'bool') return text === 'true'
  return references !== null && type === 'int' ? Number(text) : text
}
