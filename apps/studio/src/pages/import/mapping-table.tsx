import type { CollectionInfo } from '../../fields/field'
import { ScrollRegion } from '../../kit/scroll-region'
import { INPUT } from '../../kit/text-field'
import type { ColumnMapping } from './column-mapping'
import type { FileTable } from './import-file'

export interface MappingTableProps {
  readonly collection: CollectionInfo
  readonly table: FileTable
  readonly mapping: ColumnMapping
  onMapping(mapping: ColumnMapping): void
}

const SHOWN_ROWS = 10

/** The first rows as they are read, and to which field each column goes. */
export function MappingTable({ collection, table, mapping, onMapping }: MappingTableProps) {
  const fields = collection.fields.filter(({ internal }) => !internal)
  const choose = (index: number, name: string) =>
    onMapping(
      table.header.map((_, at) => {
        if (at === index) return name === '' ? null : name
        // A field takes one column.
        return mapping[at] === name ? null : (mapping[at] ?? null)
      }),
    )
  return (
    <ScrollRegion label="First rows of the file" className="rounded-panel border border-line">
      <table className="text-left">
        <thead className="bg-surface align-top">
          <tr>
            <th scope="col" className="px-3 py-2 text-sm font-medium text-text-2">
              Line
            </th>
            {table.header.map((name, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns of a file have no other name
              <th key={index} scope="col" className="min-w-[150px] px-3 py-2">
                <span className="block max-w-[220px] truncate pb-1 text-sm font-medium text-text-2" title={name}>
                  {name}
                </span>
                <select
                  aria-label={`Field of column ${index + 1}, ${name}`}
                  value={mapping[index] ?? ''}
                  onChange={({ target }) => choose(index, target.value)}
                  className={`${INPUT} font-normal ${mapping[index] == null ? 'text-text-3' : ''}`}
                >
                  <option value="">Leave out</option>
                  {fields.map((field) => (
                    <option key={field.name} value={field.name}>
                      {field.name}
                    </option>
                  ))}
                </select>
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {table.rows.slice(0, SHOWN_ROWS).map(({ line, cells }) => (
            <tr key={line} className="h-8">
              <td className="px-3 text-right text-text-3">{line}</td>
              {table.header.map((_, index) => {
                const cell = cells[index]
                return (
                  <td
                    // biome-ignore lint/suspicious/noArrayIndexKey: columns of a file have no other name
                    key={index}
                    className={`max-w-[240px] truncate px-3 ${mapping[index] == null ? 'text-text-3' : ''}`}
                  >
                    {cell?.text === '' && cell.isQuoted ? '""' : cell?.text}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}
