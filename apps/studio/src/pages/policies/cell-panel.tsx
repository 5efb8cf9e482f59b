import { Link } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { Button } from '../../kit/button'
import { classNames } from '../../kit/class-names'
import { PANEL_OVER_LIST } from '../../kit/panel-place'
import { Decision, type Matrix, type MatrixCell, type MatrixCollection } from './decision'
import { isOperation, type Operation, policyParam } from './operations'
import type { TesterSearch } from './search'

interface Explained {
  readonly collection: MatrixCollection
  readonly operation: Operation
  readonly actor: Matrix['actors'][number]
  readonly cell: MatrixCell
}

/** Why a cell of the matrix is what it is, and what to do from there. */
export function CellPanel({
  matrix,
  cell: id,
  asked,
  onClose,
}: {
  readonly matrix: Matrix
  readonly cell: string
  /** Whose column `asked` is. */
  readonly asked: `user:${string}` | 'anonymous' | undefined
  readonly onClose: () => void
}) {
  const found = findCell(matrix, id)
  if (found === null) return null
  const { collection, operation, actor, cell } = found
  const name = collection.collection
  return (
    <aside
      aria-label="Why"
      className={classNames(
        'flex w-[400px] flex-none flex-col gap-4 overflow-auto border-l border-line p-4 max-lg:w-[min(400px,100vw)] max-lg:bg-raised',
        PANEL_OVER_LIST,
      )}
    >
      <div className="flex items-start gap-2">
        <h2 className="min-w-0 flex-1 text-title font-semibold break-words">
          {operation} {name}
        </h2>
        <Button kind="quiet" aria-label="Close" onClick={onClose} className="px-2">
          <X aria-hidden="true" size={16} strokeWidth={1.5} />
        </Button>
      </div>
      <p className="text-md">
        <strong className="font-medium">{actor.name}</strong> <span className="text-text-2">({actor.about})</span>
      </p>
      <p className="text-md font-medium">
        <Decision cell={cell} />
      </p>
      <Because found={found} />
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        <Link
          to="/policies/$collection"
          params={{ collection: policyParam(name) }}
          search={{ rule: operation }}
          className="text-link hover:underline"
        >
          Open the rules
        </Link>
        <Link
          to="/policies/test"
          search={{ collection: name, op: operation, actor: testedActor(actor.id, asked) }}
          className="text-link hover:underline"
        >
          Try it
        </Link>
        <Link to="/policies" search={(before) => ({ ...before, role: actor.id })} className="text-link hover:underline">
          All of {actor.name}
        </Link>
      </div>
      <FieldLimits found={found} />
    </aside>
  )
}

function findCell(matrix: Matrix, id: string): Explained | null {
  const [name, operation, ...rest] = id.split('.')
  const collection = matrix.collections.find((one) => one.collection === name)
  const actor = matrix.actors.find((one) => one.id === rest.join('.'))
  const row = collection?.operations.find((one) => one.operation === operation)
  const cell = row?.cells.find((one) => one.actor === actor?.id)
  if (!collection || !actor || !cell || !isOperation(operation)) return null
  return { collection, operation, actor, cell }
}

/** The column as somebody to try as: a user of the role, who need not exist. */
function testedActor(column: string, asked: `user:${string}` | 'anonymous' | undefined): TesterSearch['actor'] {
  if (column === 'anonymous') return 'anonymous'
  if (column === 'asked') return asked
  return column.startsWith('role:') ? { role: column.slice('role:'.length) } : undefined
}

function Because({ found: { cell, operation, actor, collection } }: { readonly found: Explained }) {
  const { conditions } = cell
  if (cell.comes_to === 'always' || cell.comes_to === 'bypassed') {
    return <p className="text-md text-text-2">Whatever the document: no rule has anything against it.</p>
  }
  if (cell.comes_to === 'never') {
    const isHidden =
      (operation === 'update' || operation === 'delete') &&
      collection.operations.some(
        (row) =>
          row.operation === 'read' && row.cells.some((one) => one.actor === actor.id && one.comes_to === 'never'),
      )
    return (
      <p className="text-md text-text-2">
        {isHidden
          ? 'They may read no document of it: what one may not read, one can neither change nor delete.'
          : 'Whatever the document: no rule allows it, or one forbids it.'}
      </p>
    )
  }
  const permits = conditions.filter(({ kind, operation: of }) => kind === 'permit' && of === operation)
  const restricts = conditions.filter(({ kind, operation: of }) => kind === 'restrict' && of === operation)
  const reads = conditions.filter(({ operation: of }) => of !== operation)
  return (
    <div className="flex flex-col gap-4">
      <Conditions title={permits.length === 1 ? 'Where this holds' : 'Where one of these holds'} list={permits} />
      <Conditions title="Always needed" list={restricts} />
      <Conditions title="And where they may read it" list={reads} />
    </div>
  )
}

function Conditions({ title, list }: { readonly title: string; readonly list: MatrixCell['conditions'] }) {
  if (list.length === 0) return null
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-medium text-text-2">{title}</h3>
      <ul className="flex flex-col gap-2">
        {list.map(({ condition, name, about, line, column }) => (
          <li key={`${line}:${column}:${about}:${condition}`} className="rounded-panel bg-sunken px-3 py-2">
            <code className="block font-mono text-code break-words whitespace-pre-wrap">{condition}</code>
            <p className="text-sm text-text-2">
              {name !== null && `${name} · `}
              {about === 'resulting' ? 'of the document as it would be' : 'of the stored document'} · schema.yaml:{line}
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}

function FieldLimits({ found: { collection, operation, actor } }: { readonly found: Explained }) {
  if (operation === 'delete') return null
  const how = operation === 'read' ? 'read' : 'write'
  const limited = collection.fields.flatMap((row) => {
    const cell = row[how].find((one) => one.actor === actor.id)
    return cell === undefined || cell.comes_to === 'always' ? [] : [{ field: row.field, cell }]
  })
  if (limited.length === 0) return null
  return (
    <section className="flex flex-col gap-2 border-t border-line pt-4">
      <h3 className="text-sm font-medium text-text-2">Fields that they may not always {how}</h3>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5">
        {limited.map(({ field, cell }) => (
          <div key={field} className="contents">
            <dt>
              <code className="font-mono text-code">{field}</code>
            </dt>
            <dd className="min-w-0">
              <Decision cell={cell} />
              {cell.conditions.map(({ condition }) => (
                <code key={condition} className="block font-mono text-code break-words text-text-2">
                  {condition}
                </code>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
