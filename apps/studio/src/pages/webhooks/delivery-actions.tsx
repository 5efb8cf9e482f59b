import type { GetWebhookDeliveryResponse } from '@koyalite/client/admin'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Button } from '../../kit/button'
import { ConfirmDialog } from '../../kit/confirm-dialog'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useMay, useSession } from '../../session/session-context'
import { deliveryKey } from './delivery-state'

/** What can be done with a delivery. */
export function DeliveryActions({ delivery }: { readonly delivery: GetWebhookDeliveryResponse }) {
  const { endpoint: name, id, event, state, behind } = delivery
  const { admin } = useSession()
  const queries = useQueryClient()
  const navigate = useNavigate({ from: '/deliveries' })
  const toast = useToast()
  const reason = useMay('webhooks:write') ? null : 'Your role cannot change webhooks.'
  const [busy, setBusy] = useState<'same' | 'new' | null>(null)
  const [isSkipping, setSkipping] = useState(false)
  const params = { name, id }
  const waits = state === 'waiting' || state === 'blocked'

  async function replay(as: 'same' | 'new'): Promise<void> {
    setBusy(as)
    try {
      const made = await admin.replayWebhookDelivery({ params, body: { new_id: as === 'new' } })
      toast({ title: `Sent ${event} to ${name} again` })
      void navigate({ search: (before) => ({ ...before, id: deliveryKey(made) }) })
    } catch (failure) {
      toast({ kind: 'error', title: `Nothing was sent to ${name}`, description: messageOf(failure) })
    } finally {
      setBusy(null)
      await queries.invalidateQueries({ queryKey: ['webhooks'] })
    }
  }
  async function skip(): Promise<void> {
    await admin.skipWebhookDelivery({ params })
    await queries.invalidateQueries({ queryKey: ['webhooks'] })
    toast({ title: `Skipped ${event}` })
  }
  return (
    <div className="flex flex-wrap gap-2">
      {waits ? (
        <Button reason={reason} onClick={() => setSkipping(true)}>
          Skip
        </Button>
      ) : (
        <>
          <Button isBusy={busy === 'same'} reason={reason} onClick={() => void replay('same')}>
            Replay
          </Button>
          <Button
            isBusy={busy === 'new'}
            reason={reason}
            title="Receivers that drop ids which they have seen take it for a new event"
            onClick={() => void replay('new')}
          >
            Replay with a new id
          </Button>
        </>
      )}
      {isSkipping && (
        <ConfirmDialog
          title={`Skip ${event}`}
          action={`Skip ${event}`}
          keep="Keep it"
          run={skip}
          onClose={() => setSkipping(false)}
        >
          It is not sent to {name}
          {behind > 0 && `, and the next of the ${behind.toLocaleString('en')} events behind it goes`}. A replay sends
          it all the same.
        </ConfirmDialog>
      )}
    </div>
  )
}
