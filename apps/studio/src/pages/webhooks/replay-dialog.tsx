import { useQueryClient } from '@tanstack/react-query'
import { ReplayForm } from '../../kit/replay-form'
import { useToast } from '../../kit/toast'
import { useSession } from '../../session/session-context'
import type { Webhook } from './use-webhooks'

/** Delivers again what happened since a time. */
export function ReplayDialog({ webhook, onClose }: { readonly webhook: Webhook; readonly onClose: () => void }) {
  const { name, dropped_since: dropped } = webhook
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  async function replay(from: string): Promise<void> {
    const { events } = await admin.replayWebhook({ params: { name }, body: { from } })
    await queries.invalidateQueries({ queryKey: ['webhooks'] })
    toast({ title: `Replayed ${events.toLocaleString('en')} ${events === 1 ? 'event' : 'events'} to ${name}` })
  }
  return (
    <ReplayForm title={`Replay events to ${name}`} begin={dropped} replay={replay} onClose={onClose}>
      Everything that happened from then on is sent again, with the ids that it had: receivers that remember ids drop
      what they have seen.
    </ReplayForm>
  )
}
