import { useState } from 'react'
import type { JsonObject } from '../../fields/exact-json'
import { type CollectionInfo, lockOf } from '../../fields/field'
import { type FieldInput, readInput } from '../../fields/field-input'
import { FieldRow } from '../../fields/field-row'
import { usePatternTest } from '../../fields/use-pattern-test'
import { useZone } from '../../fields/use-zone'
import { valueProblem } from '../../fields/value-problem'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { FormError } from '../../kit/form-error'
import { SelectField } from '../../kit/select-field'
import { messageOf } from '../../session/operator-session'
import { documentsOf } from '../document/document-changes'
import { IN_STEPS } from './bulk-confirm-dialog'

export interface BulkEditDialogProps {
  readonly collection: CollectionInfo
  /** The field that the cell is of. */
  readonly field: string
  readonly documents: number
  readonly inSteps: boolean
  readonly run: (data: JsonObject) => Promise<void>
  readonly onClose: () => void
}

/** One field of many documents gets one value: one step, which one Undo takes back. */
export function BulkEditDialog({ collection, documents, inSteps, run, onClose, ...props }: BulkEditDialogProps) {
  const { zone } = useZone()
  const matches = usePatternTest(collection)
  const open = collection.fields.filter((field) => lockOf(field, { isNew: false }) === null)
  const [name, setName] = useState(
    open.some((field) => field.name === props.field) ? props.field : (open[0]?.name ?? ''),
  )
  const [input, setInput] = useState<FieldInput>({ kind: 'default' })
  const [error, setError] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const field = open.find((one) => one.name === name)
  const read = field && readInput(field, input, zone)
  const message =
    field === undefined || read === undefined || read.kind === 'unset'
      ? null
      : read.kind === 'problem'
        ? read.message
        : valueProblem(field, read.value, matches)
  async function apply(): Promise<void> {
    if (read?.kind !== 'value') return
    setBusy(true)
    try {
      await run({ [name]: read.value })
      onClose()
    } catch (failure) {
      setError(messageOf(failure))
      setBusy(false)
    }
  }
  return (
    <Dialog title={`Change ${documentsOf(documents, collection.name)}`} isOpen onClose={onClose}>
      <SelectField
        label="Field"
        value={name}
        onChange={({ target }) => {
          setName(target.value)
          setInput({ kind: 'default' })
        }}
        options={open.map((one) => ({ value: one.name, text: one.name }))}
      />
      {field !== undefined && (
        <FieldRow
          key={name}
          field={field}
          input={input}
          stored={null}
          onInput={setInput}
          onRevert={() => setInput({ kind: 'default' })}
          zone={zone}
          problem={message === null ? null : { message }}
          reason={null}
          isChanged={false}
        />
      )}
      {inSteps && <p className="text-text-2">{IN_STEPS}</p>}
      {error !== null && <FormError>{error}</FormError>}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          kind="primary"
          isBusy={isBusy}
          reason={read?.kind === 'value' && message === null ? null : 'Give the field a value first.'}
          onClick={() => void apply()}
        >
          Change {documentsOf(documents, collection.name)}
        </Button>
      </div>
    </Dialog>
  )
}
