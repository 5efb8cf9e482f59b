import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { JsonObject } from '../../fields/exact-json'
import { lockOf } from '../../fields/field'
import type { GridTarget } from '../../grid/grid-editing'
import { useToast } from '../../kit/toast'
import { useSession } from '../../session/session-context'
import { countOf, documentsOf } from '../document/document-changes'
import { BulkConfirmDialog } from './bulk-confirm-dialog'
import { BulkEditDialog } from './bulk-edit-dialog'
import { fieldNamed } from './edited-list'
import { type EditingContext, nameOfRow, rowKey } from './editing-context'
import { type BulkResult, type BulkTarget, writeBulk } from './many-writes'

export interface BulkEdits {
  /** Cells become null; whole rows are deleted. */
  clear(target: GridTarget): void
  fillDown(target: GridTarget): void
  remove(target: GridTarget): void
  /** Asks for a field and its value. */
  change(target: GridTarget, field: string): void
  readonly dialog: ReactNode
}

interface Found {
  readonly target: BulkTarget
  readonly documents: number
  /** What the only one is called. */
  readonly name: string | null
}

/** What a write is called, by what it is about: "12 orders", "authors Ann". */
interface Words {
  /** "Delete 12 orders" */
  title(what: string): string
  /** "Deleted 12 orders" */
  done(what: string): string
  /** "Nothing was deleted" */
  readonly failed: string
}

interface BulkWrite {
  readonly target: BulkTarget
  readonly name: string | null
  /** Null: they are deleted. */
  readonly data: JsonObject | null
  readonly words: Words
}

type Open =
  | ({ readonly kind: 'change'; readonly field: string } & Found)
  | { readonly kind: 'confirm'; readonly write: BulkWrite; readonly preview: BulkResult }

/** Of one bulk write; more are written in steps, and cannot be undone. */
const MOST_KEYS = 10_000

/** More ask first. */
const AT_ONCE = 1000

/** Changes everything that is selected in the same way: one action on the server. */
export function useBulkEdits({ list, undo, isOff, failed }: EditingContext): BulkEdits {
  const { collection } = list
  const session = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const [open, setOpen] = useState<Open | null>(null)

  async function targetOf(target: GridTarget): Promise<Found> {
    if (target.isAll) {
      const documents = await list.counted()
      return { documents, name: null, target: { match: list.match, expected: documents } }
    }
    const { first, last } = target.rows
    if (last - first >= MOST_KEYS)
      throw new Error(
        `At most ${MOST_KEYS.toLocaleString('en')} rows by their numbers: select all that match with Ctrl+A, Ctrl+A.`,
      )
    const near = Array.from({ length: last - first + 1 }, (_, at) => list.rowAt(first + at))
    const rows = near.every((row) => row !== undefined) ? near : await list.read(target.rows)
    const found = rows.filter((row) => row !== undefined)
    const [only] = found
    return {
      documents: found.length,
      name: found.length === 1 && only ? nameOfRow(list, only) : null,
      target: { keys: found.map((row) => rowKey(list, row)) },
    }
  }

  /** Few documents at once, with Undo; the counts first where they are many, or others go with them. */
  async function begin({ target, documents, name }: Found, data: JsonObject | null, words: Words): Promise<void> {
    const write: BulkWrite = { target, name, data, words }
    if (data !== null && documents <= AT_ONCE) return finish(write, false)
    const preview = await writeBulk(session, collection.name, { target, data, options: { isDryRun: true } })
    const [blocked] = preview.blocked
    if (blocked !== undefined) {
      const refer = `${countOf(blocked.documents, 'document')} of ${blocked.collection} refer to them.`
      toast({ kind: 'error', title: words.failed, description: refer })
      return
    }
    const isAlone = preview.changes.every(
      (change) => change.collection === collection.name && (data !== null || change.updated === 0),
    )
    if (preview.documents <= AT_ONCE && isAlone && preview.undoable) return finish(write, false)
    // No more than the dialog says.
    const counted = 'match' in target ? { ...target, expected: preview.documents } : target
    setOpen({ kind: 'confirm', write: { ...write, target: counted }, preview })
  }

  async function finish({ target, name, data, words }: BulkWrite, inSteps: boolean): Promise<void> {
    const result = await writeBulk(session, collection.name, { target, data, options: { inSteps } })
    list.refresh()
    void queries.invalidateQueries({ queryKey: ['document', collection.name] })
    void queries.invalidateQueries({ queryKey: ['documents', collection.name] })
    const title = words.done(whatOf(result.documents, name))
    undo.done(title, result.undoable ? result.action : null)
    if (result.stopped !== null)
      toast({ kind: 'error', title: `It stopped there: ${title}`, description: result.stopped.message })
  }

  function whatOf(documents: number, name: string | null): string {
    return documents === 1 && name !== null ? name : documentsOf(documents, collection.name)
  }

  function clear(target: GridTarget): void {
    if (isOff()) return
    if (target.isRows) {
      remove(target)
      return
    }
    const fields = target.columns.flatMap((name) => fieldNamed(collection, name) ?? [])
    const stuck = fields.find((field) => !field.nullable || lockOf(field, { isNew: false }) !== null)
    if (stuck !== undefined) {
      toast({ title: `${stuck.name} cannot be null` })
      return
    }
    const data = Object.fromEntries(fields.map(({ name }) => [name, null]))
    const what = fields.length === 1 ? fields[0]?.name : countOf(fields.length, 'field')
    const title = (documents: string) => `Set ${what} of ${documents} to null`
    const words: Words = { title, done: title, failed: 'Nothing was changed' }
    void undo.during(async () => begin(await targetOf(target), data, words)).catch(failed(words.failed))
  }

  function remove(target: GridTarget): void {
    const words = wordsOf('Delete', 'Deleted', 'Nothing was deleted')
    void undo.during(async () => begin(await targetOf(target), null, words)).catch(failed(words.failed))
  }

  function wordsOf(verb: string, past: string, failed: string): Words {
    return {
      title: (what) => `${verb} ${what}`,
      done: (what) => `${past} ${what}`,
      failed,
    }
  }

  function fillDown(target: GridTarget): void {
    const { first, last } = target.rows
    const fields = target.columns.flatMap((name) => fieldNamed(collection, name) ?? [])
    if (isOff() || last <= first) return
    const locked = fields.find((field) => lockOf(field, { isNew: false }) !== null)
    if (locked !== undefined) {
      toast({ title: `${locked.name} cannot be filled: ${lockOf(locked, { isNew: false })}` })
      return
    }
    const below: GridTarget = { ...target, isAll: false, rows: { first: first + 1, last } }
    const words = wordsOf('Fill', 'Filled', 'Nothing was filled')
    const write = async () => {
      const shown = list.rowAt(first)
      const isWhole = shown !== undefined && fields.every((field) => list.valueIn(shown, field).isWhole)
      const [row] = isWhole ? [shown] : await list.read({ first, last: first })
      if (row === undefined) throw new Error('The first of these documents no longer exists.')
      const values = fields.map((field) => [field.name, list.valueIn(row, field).value ?? null] as const)
      await begin(await targetOf(below), Object.fromEntries(values), words)
    }
    void undo.during(write).catch(failed(words.failed))
  }

  async function changeSelected(target: GridTarget, field: string): Promise<void> {
    if (isOff()) return
    try {
      setOpen({ kind: 'change', field, ...(await targetOf(target)) })
    } catch (error) {
      failed('The documents could not be read')(error)
    }
  }

  const close = () => setOpen(null)
  return {
    clear,
    fillDown,
    remove(target) {
      if (!isOff()) remove(target)
    },
    change: (target, field) => void changeSelected(target, field),
    dialog:
      open?.kind === 'change' ? (
        <BulkEditDialog
          collection={collection}
          field={open.field}
          documents={open.documents}
          inSteps={open.documents > MOST_KEYS}
          onClose={close}
          run={(data) => {
            const [name] = Object.keys(data)
            const words = wordsOf(`Change ${name} of`, `Changed ${name} of`, 'Nothing was changed')
            return finish({ target: open.target, name: open.name, data, words }, open.documents > MOST_KEYS)
          }}
        />
      ) : open?.kind === 'confirm' ? (
        <BulkConfirmDialog
          title={open.write.words.title(whatOf(open.preview.documents, open.write.name))}
          collection={collection.name}
          preview={open.preview}
          inSteps={open.preview.documents > MOST_KEYS}
          onClose={close}
          run={() => finish(open.write, open.preview.documents > MOST_KEYS)}
        />
      ) : null,
  }
}
