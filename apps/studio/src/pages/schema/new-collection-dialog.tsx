import { useState } from 'react'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { SelectField } from '../../kit/select-field'
import { TextField } from '../../kit/text-field'
import { nameProblem } from './name-problem'
import { useSchema } from './schema-context'
import { addEdit } from './schema-draft'

const KEYS = [
  { value: 'uuid', text: 'uuid: made by the server, in order of time' },
  { value: 'int', text: 'int: 1, 2, 3 …' },
  { value: 'string', text: 'string: given by the caller' },
] as const

export interface NewCollectionDialogProps {
  readonly onClose: () => void
  readonly onMade: (name: string) => void
}

/** A name and a kind of key: fields are added on its page. */
export function NewCollectionDialog({ onClose, onMade }: NewCollectionDialogProps) {
  const schema = useSchema()
  const [name, setName] = useState('')
  const [key, setKey] = useState<string>('uuid')
  const [isTouched, setTouched] = useState(false)
  const problem = nameProblem(name, schema.model?.collections.keys() ?? [], 'collection')
  const make = () => {
    setTouched(true)
    if (problem !== null) return
    const id = { type: key, primary: true, ...(key !== 'string' && { default: 'auto' }) }
    const value = { fields: { id } }
    schema.change((draft) => ({
      ...draft,
      edits: addEdit(draft.edits, { type: 'add_collection', collection: name, value }),
    }))
    onClose()
    onMade(name)
  }
  return (
    <Dialog title="New collection" isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          make()
        }}
      >
        <TextField
          label="Name"
          placeholder="books"
          autoFocus
          value={name}
          error={isTouched && problem !== null ? problem : undefined}
          hint="In the plural, in small letters: it is the address of its API."
          onChange={({ target }) =>
            setName(
              target.value
                .trim()
                .toLowerCase()
                .replaceAll(/[\s-]+/g, '_'),
            )
          }
        />
        <SelectField label="Key" options={KEYS} value={key} onChange={({ target }) => setKey(target.value)} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit">
            Create collection
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
