import type { ReactNode } from 'react'
import { Button } from './button'
import { Dialog } from './dialog'
import { FormError } from './form-error'
import { TextField } from './text-field'
import { useForm } from './use-form'

export interface ReplayFormProps {
  readonly title: string
  /** The time that is offered; null: an hour ago. */
  readonly begin: string | null
  readonly replay: (from: string) => Promise<void>
  readonly onClose: () => void
  /** What follows from it. */
  readonly children: ReactNode
}

const HOUR_MS = 3_600_000

/** From when on what happened is to be delivered again. */
export function ReplayForm({ title, begin, replay, onClose, children }: ReplayFormProps) {
  const form = useForm(async (given) => {
    await replay(new Date(`${String(given.get('from'))}Z`).toISOString())
    onClose()
  })
  const offered = begin ?? new Date(Date.now() - HOUR_MS).toISOString()
  return (
    <Dialog title={title} isOpen onClose={onClose}>
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <p className="text-md text-text-2">{children}</p>
        <TextField
          label="From (UTC)"
          name="from"
          type="datetime-local"
          step={1}
          required
          defaultValue={offered.slice(0, 19)}
          hint="As far back as the change log reaches: database.changes.keep"
          error={form.fieldErrors.from}
        />
        {form.error !== null && <FormError>{form.error}</FormError>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" isBusy={form.isBusy}>
            Replay
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
