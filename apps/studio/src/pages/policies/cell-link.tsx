import { Link } from '@tanstack/react-router'
import { Decision, decisionWord, type MatrixCell } from './decision'
import type { Operation } from './operations'

/** A cell of the matrix; it opens what is behind it. */
export function CellLink({
  cell,
  collection,
  operation,
  name,
}: {
  readonly cell: MatrixCell
  readonly collection: string
  readonly operation: Operation
  /** Of the callers. */
  readonly name: string
}) {
  if (cell.comes_to === 'none') {
    return (
      <span className="px-1.5 text-text-3" title="Rules here know no owner">
        <span aria-hidden="true">–</span>
        <span className="sr-only">no owner</span>
      </span>
    )
  }
  const id = cellId(collection, operation, cell.actor)
  return (
    <Link
      from="/policies"
      search={(before) => ({ ...before, cell: id })}
      aria-label={`${name}, ${operation} ${collection}: ${decisionWord(cell)}`}
      className="inline-flex min-h-6 items-center rounded-control px-1.5 hover:bg-sunken max-sm:min-h-9"
    >
      <Decision cell={cell} />
    </Link>
  )
}

export function cellId(collection: string, operation: Operation, actor: string): string {
  return `${collection}.${operation}.${actor}`
}
