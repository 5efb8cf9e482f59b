import type { SqlCell } from '@koyalite/contracts'
import { useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { Grid } from '../../grid/grid'
import { type GridColumn, type GridLayout, PLAIN_LAYOUT } from '../../grid/grid-column'
import { memorySource } from '../../grid/memory-source'
import { CodeEditor } from '../../kit/code/code-editor'
import { cellText, isNumberCell, rowJson } from './cell-text'
import { type KeyFields, openableKey } from './openable-key'
import type { SqlRow, StatementResult } from './run-sql'

export interface ResultGridProps {
  readonly result: StatementResult
  /** The field of each collection by which a document is opened. */
  readonly keys: KeyFields
  /** Whether the row under the cursor is shown as JSON beside. */
  readonly hasJson: boolean
}

/** The rows of a result: ranges, copying, columns as in every grid. */
export function ResultGrid({ result, keys, hasJson }: ResultGridProps) {
  const { columns, rows } = result
  const router = useNavigate()
  const [layout, setLayout] = useState<GridLayout>(PLAIN_LAYOUT)
  const [position, setPosition] = useState(0)
  const source = useMemo(() => memorySource(rows, (_row, at) => String(at)), [rows])
  const shown = useMemo(
    () =>
      columns.map(
        ({ name, collection, field }, at): GridColumn<SqlRow> => ({
          id: String(at),
          name,
          title: collection === null ? name : `${name}: ${collection}.${field}`,
          isNumber: rows.slice(0, 50).some((row) => isNumberCell(row[at])),
          isSortable: false,
          width: widthOf(name, rows, at),
          text: (row) => cellText(row[at]),
          render: (row) => <Cell cell={row[at] ?? null} />,
          spoken: (row) => (row[at] === null ? 'null' : cellText(row[at])),
        }),
      ),
    [columns, rows],
  )
  const row = rows[Math.min(position, rows.length - 1)]
  return (
    <div className="flex h-full min-h-0">
      <div className="flex min-w-0 flex-1 flex-col">
        <Grid
          label="Result"
          source={source}
          columns={shown}
          layout={layout}
          onLayout={setLayout}
          onSelect={({ rows: { first } }) => setPosition(first)}
          menuOf={(cell) => {
            const found = openableKey(columns, cell.row, keys)
            return [
              {
                label: 'Open the document',
                reason: typeof found === 'string' ? found : null,
                run() {
                  if (typeof found === 'string') return
                  void router({
                    to: `/data/${encodeURIComponent(found.collection)}`,
                    search: { doc: found.key } as never,
                  })
                },
              },
            ]
          }}
        />
      </div>
      {hasJson && row !== undefined && (
        <aside aria-label="Row as JSON" className="w-[360px] flex-none border-l border-line max-md:hidden">
          <CodeEditor label="Row as JSON" language="json" value={rowJson(columns, row, '  ')} />
        </aside>
      )}
    </div>
  )
}

function Cell({ cell }: { readonly cell: SqlCell }) {
  if (cell === null) return <span className="text-text-3 italic">null</span>
  if (cell === '') return <span className="text-text-3">""</span>
  if (typeof cell === 'object' && '$blob' in cell)
    return <span className="text-text-3">{Math.floor((cell.$blob.length * 3) / 4).toLocaleString('en')} bytes</span>
  return cellText(cell).slice(0, 300)
}

/** By the name and the first rows, within reason. */
function widthOf(name: string, rows: readonly SqlRow[], at: number): number {
  const longest = rows.slice(0, 20).reduce((most, row) => Math.max(most, cellText(row[at]).length), name.length + 4)
  return Math.min(360, Math.max(72, longest * 8 + 24))
}
