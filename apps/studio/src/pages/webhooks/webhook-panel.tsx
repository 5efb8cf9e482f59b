import { Link } from '@tanstack/react-router'
import { ErrorState, Skeleton } from '../../kit/states'
import { minuteOf } from '../../kit/times'
import { Fact, Facts, SidePanel } from '../observe/side-panel'
import { BlockedDocuments } from './blocked-documents'
import type { ShownSecret } from './secret-dialog'
import type { Webhook } from './use-webhooks'
import { WebhookActions } from './webhook-actions'
import { WebhookStateBadge, webhookStateText } from './webhook-state'

export interface WebhookPanelProps {
  readonly name: string
  readonly webhook: Webhook | undefined
  /** Whether the list was read: an endpoint that it lacks does not exist. */
  readonly isKnown: boolean
  readonly onSecret: (secret: ShownSecret) => void
  readonly onClose: () => void
}

/** One endpoint: what it asks for, how sending to it goes, and what can be done about it. */
export function WebhookPanel({ name, webhook, isKnown, onSecret, onClose }: WebhookPanelProps) {
  return (
    <SidePanel label="Endpoint" title={<span className="font-mono text-code">{name}</span>} onClose={onClose}>
      {webhook === undefined && !isKnown && <Skeleton className="h-[320px] w-full" />}
      {webhook === undefined && isKnown && <p className="text-text-2">This endpoint no longer exists.</p>}
      {webhook !== undefined && (
        <>
          <WebhookActions webhook={webhook} onSecret={onSecret} onDeleted={onClose} />
          {webhook.problems.length > 0 && (
            <ErrorState what="It does not fit the schema" error={new Error(webhook.problems.join('; '))} />
          )}
          <WebhookFacts webhook={webhook} />
          {webhook.warnings.map((warning) => (
            <p key={warning} className="rounded-panel bg-warning-soft px-3 py-2">
              It {warning}.
            </p>
          ))}
          <BlockedDocuments endpoint={name} waiting={webhook.waiting} />
          <Link to="/deliveries" search={{ endpoint: name }} className="self-start text-link hover:underline">
            All deliveries to {name}
          </Link>
        </>
      )}
    </SidePanel>
  )
}

function WebhookFacts({ webhook }: { readonly webhook: Webhook }) {
  const { url, events, when, fields, order, payload, source, skipped, dropped } = webhook
  const why = webhookStateText(webhook)
  return (
    <Facts>
      <Fact name="State">
        <WebhookStateBadge webhook={webhook} />
        {why !== null && <p className="pt-1 text-text-2">{why}</p>}
      </Fact>
      {webhook.disabled_at !== null && <Fact name="Disabled">{minuteOf(webhook.disabled_at)}</Fact>}
      {webhook.failing_since !== null && <Fact name="Failing since">{minuteOf(webhook.failing_since)}</Fact>}
      <Fact name="Last success">
        {webhook.last_success_at === null ? 'none yet' : minuteOf(webhook.last_success_at)}
      </Fact>
      <Fact name="Waiting">
        {webhook.waiting.toLocaleString('en')}
        {webhook.oldest_waiting_at !== null && `, the oldest since ${minuteOf(webhook.oldest_waiting_at)}`}
      </Fact>
      {dropped > 0 && (
        <Fact name="Not taken">
          {dropped.toLocaleString('en')}, since too many waited
          {webhook.dropped_since !== null && `: replay from ${minuteOf(webhook.dropped_since)}`}
        </Fact>
      )}
      {skipped > 0 && <Fact name="Skipped">{skipped.toLocaleString('en')}, since the condition failed on them</Fact>}
      <Fact name="URL">
        <code className="font-mono text-code break-all">{url}</code>
      </Fact>
      <Fact name="Events">
        <code className="font-mono text-code break-words">{events.join(', ')}</code>
      </Fact>
      {when !== null && (
        <Fact name="Only when">
          <code className="font-mono text-code break-words">{when}</code>
        </Fact>
      )}
      <Fact name="Sends">
        {payload === 'thin' ? 'the key only' : fields === null ? 'the document' : `the key and ${fields.join(', ')}`}
      </Fact>
      <Fact name="Order">{order === 'document' ? 'kept for each document' : 'not kept'}</Fact>
      <Fact name="Stated by">
        {source === 'settings' ? 'koyalite.yaml' : `the admin API, ${minuteOf(webhook.created_at)}`}
      </Fact>
    </Facts>
  )
}
