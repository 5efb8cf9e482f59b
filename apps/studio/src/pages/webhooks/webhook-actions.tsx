import type { TestWebhookResponse } from '@koyalite/client/admin'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../kit/button'
import { ConfirmDialog } from '../../kit/confirm-dialog'
import { MoreItem, MoreMenu } from '../../kit/more-menu'
import { durationText } from '../../kit/quantities'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useMay, useSession } from '../../session/session-context'
import { ReplayDialog } from './replay-dialog'
import { RotateDialog } from './rotate-dialog'
import type { ShownSecret } from './secret-dialog'
import { SendProblem } from './send-problem'
import type { Webhook } from './use-webhooks'
import { WebhookForm } from './webhook-form'

export interface WebhookActionsProps {
  readonly webhook: Webhook
  readonly onSecret: (secret: ShownSecret) => void
  readonly onDeleted: () => void
}

/** What can be done with an endpoint. */
export function WebhookActions({ webhook, onSecret, onDeleted }: WebhookActionsProps) {
  const { name, enabled, source } = webhook
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const reason = useMay('webhooks:write') ? null : 'Your role cannot change webhooks.'
  const ofSettings = source === 'settings' ? 'It is in koyalite.yaml: change it there (webhooks.endpoints).' : null
  const [busy, setBusy] = useState<'test' | 'switch' | null>(null)
  const [tested, setTested] = useState<TestResult | null>(null)
  const [dialog, setDialog] = useState<'edit' | 'rotate' | 'replay' | 'delete' | null>(null)
  const params = { name }
  const close = () => setDialog(null)

  async function test(): Promise<void> {
    setBusy('test')
    setTested(null)
    try {
      setTested({ attempt: await admin.testWebhook({ params }) })
    } catch (failure) {
      setTested({ failure: messageOf(failure) })
    } finally {
      setBusy(null)
    }
  }
  async function toggle(): Promise<void> {
    setBusy('switch')
    try {
      if (enabled) await admin.disableWebhook({ params })
      else {
        const { secret } = await admin.enableWebhook({ params })
        if (secret !== null) onSecret({ name, secret })
      }
      toast({ title: `${enabled ? 'Disabled' : 'Enabled'} ${name}` })
    } catch (failure) {
      toast({ kind: 'error', title: `Nothing was changed: ${name}`, description: messageOf(failure) })
    } finally {
      setBusy(null)
      await queries.invalidateQueries({ queryKey: ['webhooks'] })
    }
  }
  async function remove(): Promise<void> {
    await admin.deleteWebhook({ params })
    onDeleted()
    await queries.invalidateQueries({ queryKey: ['webhooks'] })
    toast({ title: `Deleted ${name}` })
  }
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        <Button isBusy={busy === 'test'} reason={reason} onClick={() => void test()}>
          Send a test
        </Button>
        <Button isBusy={busy === 'switch'} reason={reason} onClick={() => void toggle()}>
          {enabled ? 'Disable' : 'Enable'}
        </Button>
        <Button reason={reason ?? ofSettings} onClick={() => setDialog('edit')}>
          Edit
        </Button>
        <MoreMenu label={`More for ${name}`}>
          <MoreItem reason={reason ?? (enabled ? null : 'It is disabled.')} onClick={() => setDialog('replay')}>
            Replay from a time
          </MoreItem>
          <MoreItem reason={reason ?? ofSettings} onClick={() => setDialog('rotate')}>
            Rotate the secret
          </MoreItem>
          <MoreItem isDanger reason={reason ?? ofSettings} onClick={() => setDialog('delete')}>
            Delete
          </MoreItem>
        </MoreMenu>
      </div>
      <div role="status" className="empty:-mt-3">
        {tested !== null && <Tested name={name} result={tested} />}
      </div>
      {dialog === 'edit' && <WebhookForm before={webhook} onClose={close} onSaved={close} />}
      {dialog === 'rotate' && <RotateDialog name={name} onSecret={onSecret} onClose={close} />}
      {dialog === 'replay' && <ReplayDialog webhook={webhook} onClose={close} />}
      {dialog === 'delete' && (
        <ConfirmDialog title={`Delete the endpoint ${name}`} action={`Delete ${name}`} run={remove} onClose={close}>
          {webhook.waiting > 0 && `${webhook.waiting.toLocaleString('en')} events that wait are not sent. `}
          Its deliveries and its secret are gone; the audit log stays.
        </ConfirmDialog>
      )}
    </div>
  )
}

type TestResult = { readonly attempt: TestWebhookResponse } | { readonly failure: string }

function Tested({ name, result }: { readonly name: string; readonly result: TestResult }) {
  const { ok, text } = 'attempt' in result ? outcomeOf(name, result.attempt) : { ok: false, text: result.failure }
  return (
    <p className={`rounded-panel px-3 py-2 ${ok ? 'bg-success-soft text-success-text' : 'bg-danger-soft'}`}>
      <SendProblem text={text} />
    </p>
  )
}

function outcomeOf(name: string, { ok, status, ms, error }: TestWebhookResponse) {
  if (ok) return { ok, text: `${name} answered ${status} after ${durationText(ms)}.` }
  return { ok, text: `The test did not arrive: ${error}${status === null ? '' : ` after ${durationText(ms)}`}` }
}
