import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { FormError } from '../../kit/form-error'
import { SelectField } from '../../kit/select-field'
import { TextField } from '../../kit/text-field'
import { useForm } from '../../kit/use-form'

const HOUR = 3_600_000
const ENDS = [
  { value: '', text: 'Until somebody unblocks them' },
  { value: String(HOUR), text: 'For an hour' },
  { value: String(24 * HOUR), text: 'For a day' },
  { value: String(7 * 24 * HOUR), text: 'For a week' },
  { value: String(30 * 24 * HOUR), text: 'For 30 days' },
]

export interface Block {
  readonly reason?: string
  readonly until?: string
}

interface BlockDialogProps {
  readonly email: string
  /** Blocks; what it rejects with is shown, and the dialog stays. */
  readonly run: (block: Block) => Promise<void>
  readonly onClose: () => void
}

/** Enter blocks: the reason and the end may be left as they are. */
export function BlockDialog({ email, run, onClose }: BlockDialogProps) {
  const form = useForm(async (given) => {
    const reason = String(given.get('reason')).trim()
    const length = Number(given.get('length'))
    await run({
      ...(reason !== '' && { reason }),
      ...(length > 0 && { until: new Date(Date.now() + length).toISOString() }),
    })
    onClose()
  })
  return (
    <Dialog title={`Block ${email}`} isOpen onClose={onClose}>
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <p className="text-md text-text-2">Their sessions and live connections end at once. Their documents stay.</p>
        <TextField label="Reason" name="reason" maxLength={500} autoFocus hint="For operators; the user is not told." />
        <SelectField label="How long" name="length" options={ENDS} />
        {form.error !== null && <FormError>{form.error}</FormError>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" isBusy={form.isBusy}>
            Block
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
