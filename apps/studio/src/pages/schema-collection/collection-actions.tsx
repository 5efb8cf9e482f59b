import type { Collection } from '@koyalite/schema'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { AppLink } from '../../kit/app-link'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { TextField } from '../../kit/text-field'
import { nameProblem } from '../schema/name-problem'
import { useSchema } from '../schema/schema-context'
import { addEdit } from '../schema/schema-draft'

/** What is done with a collection as a whole. */
export function CollectionActions({
  collection,
  isServed,
}: {
  readonly collection: Collection
  readonly isServed: boolean
}) {
  const { reason, change } = useSchema()
  const navigate = useNavigate()
  const [isRenaming, setRenaming] = useState(false)
  const { name } = collection
  const why = reason ?? (name === 'users' ? 'The collection users is built in.' : null)
  return (
    <div className="flex flex-wrap items-center gap-2">
      {isServed && (
        <AppLink
          href={`/data/${encodeURIComponent(name)}`}
          className="inline-flex h-8 items-center rounded-control px-3 font-medium text-text-2 hover:bg-sunken hover:text-text max-sm:h-10"
        >
          Documents
        </AppLink>
      )}
      <Button kind="quiet" reason={why} onClick={() => setRenaming(true)}>
        Rename
      </Button>
      <Button
        kind="quiet"
        reason={why}
        onClick={() => {
          change((draft) => ({ ...draft, edits: addEdit(draft.edits, { type: 'drop_collection', collection: name }) }))
          void navigate({ to: isServed ? '/schema/plan' : '/schema' })
        }}
      >
        Drop
      </Button>
      {isRenaming && <RenameDialog collection={collection} onClose={() => setRenaming(false)} />}
    </div>
  )
}

function RenameDialog({ collection, onClose }: { readonly collection: Collection; readonly onClose: () => void }) {
  const { model, change } = useSchema()
  const navigate = useNavigate()
  const [to, setTo] = useState(collection.name)
  const taken = [...(model?.collections.keys() ?? [])].filter((name) => name !== collection.name)
  const problem = nameProblem(to, taken, 'collection')
  return (
    <Dialog title={`Rename ${collection.name}`} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (problem !== null) return
          if (to !== collection.name) {
            const edit = { type: 'rename_collection', from: collection.name, to } as const
            change((draft) => ({ ...draft, edits: addEdit(draft.edits, edit) }))
            void navigate({ to: '/schema/$collection', params: { collection: to } })
          }
          onClose()
        }}
      >
        <TextField
          label="Name"
          autoFocus
          value={to}
          error={problem ?? undefined}
          hint="Documents stay. References, rules and definitions get the new name; programs have to use the new address."
          onChange={({ target }) => setTo(target.value)}
        />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit">
            Rename
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
