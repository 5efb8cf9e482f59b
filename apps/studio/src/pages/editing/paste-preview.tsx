import { Dialog as Base } from '@base-ui/react/dialog'
import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { CollectionInfo } from '../../fields/field'
import { usePatternTest } from '../../fields/use-pattern-test'
import { useZone } from '../../fields/use-zone'
import type { Block } from '../../grid/clipboard-text'
import { Button } from '../../kit/button'
import { FormError } from '../../kit/form-error'
import { messageOf } from '../../session/operator-session'
import { useSession } from '../../session/session-context'
import { countOf } from '../document/document-changes'
import { createMany, MOST_ROWS, reasonOf } from './many-writes'
import { MissingColumns } from './missing-columns'
import { guessMapping, hasHead, type Mapping, type NewRow, readNewRow, unmappedFields } from './new-rows'
import { PasteTable } from './paste-table'
import { useReferences } from './use-references'

export interface PastePreviewProps {
  readonly collection: CollectionInfo
  readonly block: Block
  /** Columns on the screen, from where it was pasted. */
  readonly columns: readonly string[]
  readonly onAdded: (documents: number, action: string | null) => void
  readonly onClose: () => void
}

/** Pasted rows before they become documents: which column is which field, and which rows do not fit, to be corrected or left out here. Nothing is written before. */
export function PastePreview({ collection, block, columns, onAdded, onClose }: PastePreviewProps) {
  const session = useSession()
  const queries = useQueryClient()
  const { zone } = useZone()
  const matches = usePatternTest(collection)
  const [hasHeadRow, setHeadRow] = useState(() => hasHead(block, collection))
  const [rows, setRows] = useState<Block>(block)
  const [mapping, setMapping] = useState<Mapping>(() => guessMapping(block, { collection, columns, head: hasHeadRow }))
  const [skipped, setSkipped] = useState<ReadonlySet<number>>(new Set())
  const [refused, setRefused] = useState<ReadonlyMap<number, string>>(new Map())
  const [onlyProblems, setOnlyProblems] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const first = hasHeadRow ? 1 : 0
  const references = useReferences(collection, mapping, rows.slice(first))
  const { resolve } = references
  const read = useMemo(
    () =>
      rows.map((cells, at): NewRow | null =>
        at < first ? null : readNewRow(cells, { collection, mapping, zone, matches, resolve }),
      ),
    [rows, first, collection, mapping, zone, matches, resolve],
  )
  const isWrong = (at: number) => {
    const row = read[at]
    return row != null && (row.problems.size > 0 || row.missing.length > 0 || refused.has(at))
  }
  const all = rows.map((_, at) => at).slice(first)
  const wrong = all.filter((at) => isWrong(at) && !skipped.has(at))
  const taken = all.filter((at) => !skipped.has(at))
  const name = (at: number) => at - first + 1

  const change = (at: number, column: number, text: string) => {
    setRows(rows.map((row, index) => (index === at ? rowWith(row, column, text) : row)))
    setRefused(new Map([...refused].filter(([index]) => index !== at)))
  }
  const addColumn = (field: string, text: string) => {
    const column = mapping.length
    setRows(rows.map((row, at) => rowWith(row, column, at < first ? field : text)))
    setMapping([...mapping, field])
    setRefused(new Map())
  }
  const skip = (at: number, isSkipped: boolean) => {
    const next = new Set(skipped)
    if (isSkipped) next.add(at)
    else next.delete(at)
    setSkipped(next)
  }

  async function apply(): Promise<void> {
    setBusy(true)
    setError(null)
    try {
      const documents = taken.map((at) => read[at]?.values ?? {})
      const written = await createMany(session, collection.name, documents)
      if (written.kind === 'refused') {
        const at = taken[written.index] ?? 0
        setRefused(new Map([...refused, [at, reasonOf(written.error)]]))
        setOnlyProblems(true)
        setError(`Nothing was added: row ${name(at)} was refused. ${reasonOf(written.error)}`)
        return
      }
      await queries.invalidateQueries({ queryKey: ['documents', collection.name] })
      onAdded(documents.length, written.action)
      onClose()
    } catch (failure) {
      setError(`Nothing was added. ${messageOf(failure)}`)
    } finally {
      setBusy(false)
    }
  }
  const reason =
    taken.length === 0
      ? 'No row is left.'
      : taken.length > MOST_ROWS
        ? `At most ${MOST_ROWS.toLocaleString('en')} rows are pasted at once: import a file of more.`
        : wrong.length > 0
          ? `${countOf(wrong.length, 'row')} must be corrected or skipped first.`
          : references.isPending
            ? 'References are still being looked up.'
            : null

  return (
    <Base.Root open onOpenChange={(isOpen) => isOpen || isBusy || onClose()} disablePointerDismissal>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-scrim" />
        <Base.Popup className="fixed inset-4 z-40 mx-auto flex max-w-[1200px] flex-col gap-3 rounded-dialog bg-raised p-5 shadow-float max-sm:inset-0 max-sm:rounded-none max-sm:p-4">
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
            <Base.Title className="text-title font-semibold">
              {countOf(all.length, 'row')} → {countOf(taken.length, 'new document')} of {collection.name}
            </Base.Title>
            <span role="status" className={wrong.length > 0 ? 'text-danger-text' : 'text-text-2'}>
              {wrong.length > 0 ? `${countOf(wrong.length, 'row')} with a problem` : 'All rows fit'}
              {skipped.size > 0 && ` · ${skipped.size} skipped`}
            </span>
          </div>
          <div className="flex flex-wrap items-center gap-4">
            <label className="flex items-center gap-2">
              <input
                type="checkbox"
                checked={hasHeadRow}
                onChange={({ target }) => {
                  setHeadRow(target.checked)
                  setMapping(guessMapping(rows, { collection, columns, head: target.checked }))
                }}
                className="size-4 accent-accent"
              />
              The first row has the names of fields
            </label>
            <label className="flex items-center gap-2">
              <input
                type="checkbox"
                checked={onlyProblems}
                onChange={({ target }) => setOnlyProblems(target.checked)}
                className="size-4 accent-accent"
              />
              Only rows with a problem
            </label>
            {wrong.length > 0 && (
              <Button kind="quiet" onClick={() => setSkipped(new Set([...skipped, ...wrong]))}>
                Skip {wrong.length === 1 ? 'it' : `all ${wrong.length}`}
              </Button>
            )}
          </div>
          {references.error !== null && (
            <FormError>References could not be looked up: {references.error.message}</FormError>
          )}
          {error !== null && <FormError>{error}</FormError>}
          <MissingColumns fields={unmappedFields(collection, mapping)} onAdd={addColumn} />
          <PasteTable
            {...{ collection, mapping, rows, read, refused, skipped, name }}
            shown={onlyProblems ? all.filter((at) => isWrong(at)) : all}
            onMapping={setMapping}
            onCell={change}
            onSkip={skip}
          />
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={onClose}>Cancel</Button>
            <Button kind="primary" isBusy={isBusy} reason={reason} onClick={() => void apply()}>
              Add {countOf(taken.length, 'document')}
            </Button>
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

function rowWith(row: readonly string[], column: number, text: string): readonly string[] {
  return Array.from({ length: Math.max(row.length, column + 1) }, (_, at) => (at === column ? text : (row[at] ?? '')))
}
