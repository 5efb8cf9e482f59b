import type { SchemaEdit } from '@koyalite/schema'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { AppLink } from '../../kit/app-link'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { SelectField } from '../../kit/select-field'
import { useSession } from '../../session/session-context'
import { useSchema } from '../schema/schema-context'
import { addEdit } from '../schema/schema-draft'
import type { EnumValue } from '../schema/value-list'
import type { FieldUse } from './type-values'

export interface RemoveValueDialogProps {
  /** What has the value: a type, or a field. */
  readonly owner: string
  readonly value: EnumValue
  readonly others: readonly EnumValue[]
  readonly uses: readonly FieldUse[]
  readonly onClose: () => void
  /** The edit; `replacement` is null where there is no other value. */
  readonly removal: (replacement: EnumValue | null) => SchemaEdit
  readonly onRemove: (edit: SchemaEdit) => void
}

/** Documents that have the value get another one: which, and how many there are. */
export function RemoveValueDialog({ owner, value, others, uses, onClose, removal, onRemove }: RemoveValueDialogProps) {
  const { admin } = useSession()
  const { draft } = useSchema()
  const [chosen, setChosen] = useState(others[0] ?? null)
  const edits = addEdit(draft.edits, removal(chosen))
  const { data } = useQuery({
    queryKey: ['schema', 'plan', 'value', draft.source, edits],
    queryFn: () =>
      admin.planSchema({ body: { ...(draft.source !== undefined && { source: draft.source }), edits: [...edits] } }),
    retry: false,
  })
  const counts = data?.steps.filter(({ collection, field }) =>
    uses.some((use) => use.collection === collection && use.field === field),
  )
  return (
    <Dialog title={`Remove ${value} from ${owner}`} isOpen onClose={onClose}>
      <ul className="flex flex-col gap-1 text-md">
        {uses.map(({ collection, field }) => {
          const count = counts?.find((step) => step.collection === collection && step.field === field)?.concerned
          return (
            <li key={`${collection}.${field}`}>
              <AppLink
                href={`/data/${collection}?where=${encodeURIComponent(`doc.${field} == ${JSON.stringify(value)}`)}`}
                className="text-link underline"
              >
                {collection}.{field}
              </AppLink>
              :{' '}
              {count == null
                ? 'counting'
                : count === 1
                  ? '1 document has it'
                  : `${count.toLocaleString('en')} documents have it`}
            </li>
          )
        })}
      </ul>
      <SelectField
        label="They get"
        value={String(chosen)}
        options={others.map((one) => ({ value: String(one), text: String(one) }))}
        onChange={({ target }) => setChosen(others.find((one) => String(one) === target.value) ?? null)}
      />
      <div className="flex justify-end gap-2">
        <Button autoFocus onClick={onClose}>
          Cancel
        </Button>
        <Button
          kind="primary"
          onClick={() => {
            onRemove(removal(chosen))
            onClose()
          }}
        >
          Remove {value}
        </Button>
      </div>
    </Dialog>
  )
}
