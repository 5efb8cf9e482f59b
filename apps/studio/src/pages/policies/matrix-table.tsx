import { Link } from '@tanstack/react-router'
import { Fragment } from 'react'
import { ScrollRegion } from '../../kit/scroll-region'
import { CellLink } from './cell-link'
import type { Matrix, MatrixCollection } from './decision'
import { OPERATIONS, policyParam } from './operations'

/** All callers: a collection has a row for each operation. */
export function MatrixTable({
  actors,
  collections,
}: {
  readonly actors: Matrix['actors']
  readonly collections: readonly MatrixCollection[]
}) {
  return (
    <ScrollRegion label="Matrix" className="relative flex-none rounded-panel border border-line">
      <table className="w-full text-left">
        <thead className="bg-surface text-sm text-text-2">
          <tr>
            <th scope="col" className="h-8 px-3 font-medium">
              Collection
            </th>
            <th scope="col" className="h-8 px-3 font-medium">
              Operation
            </th>
            {actors.map(({ id, name, about }) => (
              <th key={id} scope="col" title={about} className="h-8 max-w-[180px] truncate px-1.5 font-medium">
                <Link
                  from="/policies"
                  search={(before) => ({ ...before, role: id })}
                  className="rounded-control px-1.5 py-1 hover:bg-sunken hover:text-text"
                >
                  {name}
                </Link>
              </th>
            ))}
          </tr>
        </thead>
        {collections.map((one) => (
          <tbody key={one.collection} className="border-t border-line">
            {OPERATIONS.map((operation, index) => {
              const row = one.operations.find((candidate) => candidate.operation === operation)
              return (
                <tr key={operation} className="hover:bg-surface">
                  {index === 0 && (
                    <th scope="rowgroup" rowSpan={OPERATIONS.length} className="px-3 py-1.5 align-top font-normal">
                      <CollectionName collection={one} />
                    </th>
                  )}
                  <th scope="row" className="h-8 px-3 font-normal text-text-2">
                    {operation}
                  </th>
                  {actors.map(({ id, name }) => {
                    const cell = row?.cells.find(({ actor }) => actor === id)
                    return (
                      <td key={id} className="px-1.5">
                        {cell && <CellLink cell={cell} collection={one.collection} operation={operation} name={name} />}
                      </td>
                    )
                  })}
                </tr>
              )
            })}
          </tbody>
        ))}
      </table>
    </ScrollRegion>
  )
}

/** Its page, who owns its documents, and that fields have rules of their own. */
export function CollectionName({
  collection: { collection, owner, fields },
}: {
  readonly collection: MatrixCollection
}) {
  return (
    <Fragment>
      <Link
        to="/policies/$collection"
        params={{ collection: policyParam(collection) }}
        className="font-medium text-link hover:underline"
      >
        {collection}
      </Link>
      {owner !== null && (
        <p className="text-sm text-text-3">
          owner: <code className="font-mono">{owner}</code>
        </p>
      )}
      {fields.length > 0 && (
        <p className="text-sm text-text-3" title={fields.map(({ field }) => field).join(', ')}>
          {fields.length} {fields.length === 1 ? 'field' : 'fields'} with limits
        </p>
      )}
    </Fragment>
  )
}
