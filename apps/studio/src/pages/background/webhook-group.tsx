import { Link, linkOptions } from '@tanstack/react-router'
import { useWebhooks, type Webhook } from '../webhooks/use-webhooks'
import { WebhookStateBadge } from '../webhooks/webhook-state'
import { Group, Row, shownOf } from './background-table'
import { When } from './when'

const ALL = linkOptions({ to: '/webhooks' })

export function WebhookGroup() {
  const webhooks = useWebhooks().data ?? []
  if (webhooks.length === 0) return null
  const shown = shownOf(webhooks, isProblem)
  return (
    <Group
      name="Webhooks"
      page={ALL}
      problems={webhooks.filter(isProblem).length}
      hidden={webhooks.length - shown.length}
    >
      {shown.map((webhook) => (
        <Row
          key={webhook.name}
          name={
            <Link
              to="/webhooks"
              search={{ name: webhook.name }}
              className="font-mono text-code text-link hover:underline"
            >
              {webhook.name}
            </Link>
          }
          note={webhook.events.join(', ')}
          state={<WebhookStateBadge webhook={webhook} />}
          next={
            webhook.waiting === 0 ? (
              <span className="text-text-3">nothing waits</span>
            ) : (
              <Link
                to="/deliveries"
                search={{ endpoint: webhook.name, state: 'waiting' }}
                className="text-link hover:underline"
              >
                {webhook.waiting.toLocaleString('en')} waiting
              </Link>
            )
          }
          last={<When at={webhook.last_success_at} />}
        />
      ))}
    </Group>
  )
}

function isProblem({ enabled, disabled_reason: reason, failing_since: failing, problems }: Webhook): boolean {
  if (!enabled) return reason === 'gone' || reason === 'failing'
  return failing !== null || problems.length > 0
}
