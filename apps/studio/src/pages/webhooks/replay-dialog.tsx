import { useQueryClient } from '@tanstack/react-query'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { FormError } from '../../kit/form-error'
import { TextField } from '../../kit/text-field'
import { useToast } from '../../kit/toast'
import { useForm } from '../../kit/use-form'
import { useSession } from '../../session/session-context'
import type { Webhook } from './use-webhooks'

const HOUR_MS = 3_600_000

/** Delivers again what happened since a time. */
export function ReplayDialog({ webhook, onClose }: { readonly webhook: Webhook; readonly onClose: () => void }) {
  const { name, dropped_since: dropped } = webhook
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const form = useForm(async (given) => {
    const from = `${String(given.get('from'))}Z`
    const { events } = await admin.replayWebhook({ params: { name }, body: { from: new Date(from).toISOString() } })
    await queries.invalidateQueries({ queryKey: ['webhooks'] })
    toast({ title: `Replayed ${events.toLocaleString('en')} ${events === 1 ? 'event' : 'events'} to ${name}` })
    onClose()
  })
  const begin = dropped ?? new Date(Date.now() - HOUR_MS).toISOString()
  return (
    <Dialog title={`Replay events to ${name}`} isOpen onClose={onClose}>
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <p className="text-md text-text-2">
          Everything that happened from then on is sent again, with the ids that it had: receivers that remember ids
          drop what they have seen.
        </p>
        <TextField
          label="From (UTC)"
          name="from"
          type="datetime-local"
          step={1}
          required
          defaultValue={begin.slice(0, 19)}
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
