import type { ReactNode } from 'react'
import { classNames } from './class-names'
import { ScrollRegion } from './scroll-region'

export interface Column<Row> {
  readonly name: string
  readonly isNumber?: boolean
  cell(row: Row): ReactNode
}

export interface ListTableProps<Row> {
  /** What is listed: read out, and nowhere shown. */
  readonly label: string
  readonly rows: readonly Row[]
  readonly columns: readonly Column<Row>[]
  keyOf(row: Row): string
  /** Whether its details are open beside the list. */
  isOpen?(row: Row): boolean
}

/** A list of some dozens of things. Documents have the grid. */
export function ListTable<Row>({ label, rows, columns, keyOf, isOpen }: ListTableProps<Row>) {
  return (
    <ScrollRegion label={label} className="rounded-panel border border-line">
      <table className="w-full text-left">
        <thead className="bg-surface text-sm text-text-2">
          <tr>
            {columns.map(({ name, isNumber }) => (
              <th
                key={name}
                scope="col"
                className={classNames('h-8 px-3 font-medium whitespace-nowrap', isNumber && 'text-right')}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map((row) => (
            <tr key={keyOf(row)} className={isOpen?.(row) ? 'bg-selection' : 'hover:bg-surface'}>
              {columns.map(({ name, isNumber, cell }) => (
                <td key={name} className={classNames('h-10 px-3', isNumber && 'text-right')}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}
