import { useState } from 'react'
import type { CollectionInfo } from '../../fields/field'
import type { Block } from '../../grid/clipboard-text'
import { Button } from '../../kit/button'
import { ScrollRegion } from '../../kit/scroll-region'
import type { Mapping, NewRow } from './new-rows'

export interface PasteTableProps {
  readonly collection: CollectionInfo
  readonly mapping: Mapping
  readonly rows: Block
  /** By row; null: its head. */
  readonly read: readonly (NewRow | null)[]
  /** What the server has said of rows. */
  readonly refused: ReadonlyMap<number, string>
  readonly skipped: ReadonlySet<number>
  /** Indexes of rows. */
  readonly shown: readonly number[]
  /** The number of a row, as people count. */
  readonly name: (at: number) => number
  readonly onMapping: (mapping: Mapping) => void
  readonly onCell: (row: number, column: number, text: string) => void
  readonly onSkip: (row: number, isSkipped: boolean) => void
}

const SHOWN = 100

/** The rows, each cell to be corrected in place. */
export function PasteTable(props: PasteTableProps) {
  const { collection, mapping, rows, read, refused, skipped, shown, name, onMapping, onCell, onSkip } = props
  const [most, setMost] = useState(SHOWN)
  const fields = collection.fields.filter(({ internal }) => !internal)
  return (
    <ScrollRegion label="Rows to add" className="min-h-0 flex-1 overflow-y-auto rounded-panel border border-line">
      <table className="w-full text-left">
        <thead className="sticky top-0 z-10 bg-surface text-sm">
          <tr>
            <th scope="col" className="h-9 px-2 text-right font-medium">
              Row
            </th>
            {mapping.map((field, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
              <th key={column} scope="col" className="px-1 font-medium">
                <select
                  aria-label={`Field of column ${column + 1}`}
                  value={field ?? ''}
                  onChange={({ target }) =>
                    onMapping(
                      mapping.map((one, at) =>
                        at === column ? target.value || null : one === target.value ? null : one,
                      ),
                    )
                  }
                  className="h-7 w-full min-w-[120px] rounded-control border border-control bg-canvas px-1"
                >
                  <option value="">leave out</option>
                  {fields.map((one) => (
                    <option key={one.name} value={one.name}>
                      {one.name}
                    </option>
                  ))}
                </select>
              </th>
            ))}
            <th scope="col" className="px-2 font-medium">
              Problem
            </th>
            <th scope="col" className="px-2 font-medium">
              Skip
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {shown.slice(0, most).map((at) => {
            const row = read[at]
            const isSkipped = skipped.has(at)
            return (
              <tr
                key={at}
                data-wrong={isWrong(row, refused.get(at)) || undefined}
                className={isSkipped ? 'opacity-60' : 'data-wrong:bg-danger-soft'}
              >
                <th scope="row" className="px-2 text-right font-normal text-text-2">
                  {name(at)}
                </th>
                {mapping.map((field, column) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
                  <td key={column} className="p-0">
                    <input
                      aria-label={`Row ${name(at)}, ${field ?? `column ${column + 1}`}`}
                      aria-invalid={row?.problems.has(column) || undefined}
                      disabled={isSkipped || field === null}
                      value={rows[at]?.[column] ?? ''}
                      placeholder={field === null ? '' : 'default'}
                      onChange={({ target }) => onCell(at, column, target.value)}
                      className="h-8 w-full min-w-[120px] bg-transparent px-2 placeholder:italic aria-invalid:outline-1 aria-invalid:-outline-offset-1 aria-invalid:outline-danger"
                    />
                  </td>
                ))}
                <td className="px-2 text-sm text-danger-text">
                  {isSkipped ? '' : problemsOf(row, mapping, refused.get(at))}
                </td>
                <td className="px-2 text-center">
                  <input
                    type="checkbox"
                    aria-label={`Skip row ${name(at)}`}
                    checked={isSkipped}
                    onChange={({ target }) => onSkip(at, target.checked)}
                    className="size-4 accent-accent"
                  />
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      {shown.length > most && (
        <Button kind="quiet" onClick={() => setMost(most + SHOWN * 5)} className="m-2">
          Show more of {shown.length.toLocaleString('en')} rows
        </Button>
      )}
      {shown.length === 0 && <p className="p-4 text-text-2">No row to show.</p>}
    </ScrollRegion>
  )
}

function isWrong(row: NewRow | null | undefined, refusal: string | undefined): boolean {
  return refusal !== undefined || (row != null && (row.problems.size > 0 || row.missing.length > 0))
}

function problemsOf(row: NewRow | null | undefined, mapping: Mapping, refusal: string | undefined): string {
  const problems = [...(row?.problems ?? [])].map(([column, message]) => `${mapping[column]}: ${message}`)
  const missing = (row?.missing ?? []).map((name) => `${name} is missing`)
  return [...problems, ...missing, ...(refusal === undefined ? [] : [refusal])].join('. ')
}
