import { Link } from '@tanstack/react-router'
import { ScrollRegion } from '../../kit/scroll-region'
import { CellLink } from './cell-link'
import type { Matrix, MatrixCollection } from './decision'
import { CollectionName } from './matrix-table'
import { OPERATIONS } from './operations'

/** Callers of one kind: a collection is a row. */
export function OperationsTable({
  actor,
  collections,
}: {
  readonly actor: Matrix['actors'][number]
  readonly collections: readonly MatrixCollection[]
}) {
  return (
    <>
      <p className="text-text-2">
        <strong className="font-medium text-text">{actor.name}</strong>: {actor.about}.{' '}
        <Link from="/policies" search={(before) => ({ ...before, role: undefined })} className="text-link underline">
          All callers
        </Link>
      </p>
      <ScrollRegion label="Matrix" className="relative flex-none rounded-panel border border-line">
        <table className="w-full text-left">
          <thead className="bg-surface text-sm text-text-2">
            <tr>
              <th scope="col" className="h-8 px-3 font-medium">
                Collection
              </th>
              {OPERATIONS.map((operation) => (
                <th key={operation} scope="col" className="h-8 px-3 font-medium">
                  {operation}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {collections.map((one) => (
              <tr key={one.collection} className="hover:bg-surface">
                <th scope="row" className="px-3 py-1.5 font-normal">
                  <CollectionName collection={one} />
                </th>
                {OPERATIONS.map((operation) => {
                  const row = one.operations.find((candidate) => candidate.operation === operation)
                  const cell = row?.cells.find((candidate) => candidate.actor === actor.id)
                  return (
                    <td key={operation} className="px-1.5">
                      {cell && (
                        <CellLink cell={cell} collection={one.collection} operation={operation} name={actor.name} />
                      )}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </>
  )
}
