import type { StoredDocument } from '../../fields/documents'
import type { Json } from '../../fields/exact-json'
import type { FieldInfo } from '../../fields/field'
import { formatValue } from '../../fields/format-value'
import { useZone } from '../../fields/use-zone'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { mergeValues } from '../document/merge-values'

export interface CellConflict {
  readonly key: string
  readonly field: FieldInfo
  readonly base: Json | undefined
  readonly mine: Json
  readonly theirs: StoredDocument
}

export interface CellConflictDialogProps {
  readonly conflict: CellConflict
  /** What the field becomes; undefined: it stays theirs. */
  readonly onDecide: (value: Json | undefined) => void
}

/** Somebody else has changed the value that was edited: both are shown, and neither is lost before one is chosen. */
export function CellConflictDialog({ conflict, onDecide }: CellConflictDialogProps) {
  const { zone } = useZone()
  const { key, field, base, mine, theirs } = conflict
  const now = theirs.values[field.name]
  const both = mergeValues({ base, mine, theirs: now })
  const sides = [
    ['Before', base],
    ['Yours', mine],
    ['Theirs', now],
  ] as const
  return (
    <Dialog title={`${field.name} was changed while you edited it`} isOpen>
      <p className="text-md text-text-2">
        Somebody else has changed {field.name} of {key}.
      </p>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-2 text-md">
        {sides.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-text-2">{name}</dt>
            <dd className="min-w-0 font-mono text-code break-words">{formatValue(field, value, zone).text}</dd>
          </div>
        ))}
      </dl>
      <div className="flex flex-wrap justify-end gap-2">
        {both !== undefined && <Button onClick={() => onDecide(both)}>Take both</Button>}
        <Button onClick={() => onDecide(undefined)}>Take theirs</Button>
        <Button kind="primary" autoFocus onClick={() => onDecide(mine)}>
          Keep yours
        </Button>
      </div>
    </Dialog>
  )
}
