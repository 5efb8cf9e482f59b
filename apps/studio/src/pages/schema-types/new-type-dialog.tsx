import { useState } from 'react'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { TextField } from '../../kit/text-field'
import { listedValues } from '../schema/listed-values'
import { nameProblem } from '../schema/name-problem'
import { useSchema } from '../schema/schema-context'
import { addEdit } from '../schema/schema-draft'

export function NewTypeDialog({ onClose }: { readonly onClose: () => void }) {
  const { model, change } = useSchema()
  const [name, setName] = useState('')
  const [text, setText] = useState('')
  const [isTouched, setTouched] = useState(false)
  const values = listedValues(text)
  const problem = nameProblem(name, model?.enums.keys() ?? [], 'type')
  return (
    <Dialog title="Add a type" isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          setTouched(true)
          if (problem !== null || values.length === 0) return
          change((draft) => ({ ...draft, edits: addEdit(draft.edits, { type: 'add_enum', enum: name, values }) }))
          onClose()
        }}
      >
        <TextField
          label="Name"
          placeholder="status"
          autoFocus
          value={name}
          error={isTouched ? (problem ?? undefined) : undefined}
          onChange={({ target }) => setName(target.value.trim().toLowerCase())}
        />
        <TextField
          label="Values"
          placeholder="draft, out"
          hint="Separated by commas, in their order."
          value={text}
          error={isTouched && values.length === 0 ? 'A type has at least one value.' : undefined}
          onChange={({ target }) => setText(target.value)}
        />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit">
            Add type
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
