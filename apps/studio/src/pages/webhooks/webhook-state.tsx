import { Badge } from '../../kit/badge'
import type { Webhook } from './use-webhooks'

/** Whether events are sent to it, in a word. */
export function WebhookStateBadge({ webhook }: { readonly webhook: Webhook }) {
  const { enabled, disabled_reason: reason, failing_since: failing, problems } = webhook
  if (!enabled) {
    if (reason === 'gone' || reason === 'failing') return <Badge kind="danger">disabled: {reason}</Badge>
    return (
      <Badge kind={reason === 'copy' ? 'warning' : 'plain'}>{reason === 'copy' ? 'disabled: copy' : 'disabled'}</Badge>
    )
  }
  if (failing !== null) return <Badge kind="danger">failing</Badge>
  if (problems.length > 0) return <Badge kind="warning">does not fit the schema</Badge>
  return <Badge kind="success">active</Badge>
}

/** What the state comes from, and what to do; null where all is well. */
export function webhookStateText({ enabled, disabled_reason: reason }: Webhook): string | null {
  if (enabled) return null
  if (reason === 'gone')
    return 'It answered 410, which says that it is gone for good. Enable it where that was a mistake.'
  if (reason === 'failing')
    return 'Nothing was delivered for 5 days. Test it, enable it, and replay what happened meanwhile.'
  if (reason === 'copy')
    return 'This database is a copy: events of the original are not sent twice. Enabling makes a new secret.'
  return 'An operator has disabled it: no events are taken.'
}
