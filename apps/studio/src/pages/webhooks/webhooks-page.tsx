import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { Button } from '../../kit/button'
import { ListTable } from '../../kit/list-table'
import { Page } from '../../kit/page'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { minuteOf } from '../../kit/times'
import { useNewInAddress } from '../../kit/use-new-in-address'
import { useMay } from '../../session/session-context'
import { useKeys } from '../../shell/keyboard'
import { dueText } from '../schedules/due-text'
import { SecretDialog, type ShownSecret } from './secret-dialog'
import { useWebhooks, type Webhook } from './use-webhooks'
import { WebhookForm } from './webhook-form'
import { WebhookPanel } from './webhook-panel'
import { WebhookStateBadge } from './webhook-state'

/** Who is sent what happens, and how that goes. */
export function WebhooksPage() {
  const { name } = useSearch({ from: '/shell/webhooks' })
  const navigate = useNavigate({ from: '/webhooks' })
  const { data, error, refetch } = useWebhooks()
  const [isNew, setNew] = useNewInAddress()
  const [secret, setSecret] = useState<ShownSecret | null>(null)
  const reason = useMay('webhooks:write') ? null : 'Your role cannot change webhooks.'
  useKeys(reason === null ? { new: () => setNew(true) } : {})
  const add = (
    <Button kind="primary" reason={reason} onClick={() => setNew(true)}>
      New endpoint
    </Button>
  )
  return (
    <div className="flex h-full min-h-0">
      <div className="min-w-0 flex-1 overflow-auto">
        <Page title="Webhooks" actions={data !== undefined && data.length > 0 && add}>
          {error !== null && (
            <ErrorState what="The endpoints could not be read" error={error} onRetry={() => void refetch()} />
          )}
          {data === undefined && error === null && <Skeleton className="h-[240px] w-full" />}
          {data?.length === 0 && (
            <EmptyState title="No endpoints yet">
              <p>
                A webhook sends what happens here to another service: a document was created, somebody signed in. It is
                signed, and sent again until somebody takes it.
              </p>
              {add}
            </EmptyState>
          )}
          {data !== undefined && data.length > 0 && <WebhookTable webhooks={data} open={name} />}
        </Page>
      </div>
      {name !== undefined && (
        <WebhookPanel
          key={name}
          name={name}
          webhook={data?.find((one) => one.name === name)}
          isKnown={data !== undefined}
          onSecret={setSecret}
          onClose={() => void navigate({ search: {}, replace: true })}
        />
      )}
      {isNew && reason === null && (
        <WebhookForm
          before={null}
          onClose={() => setNew(false)}
          onSaved={(saved, made) => {
            void navigate({ search: { name: saved }, replace: true })
            if (made !== null) setSecret({ name: saved, secret: made })
          }}
        />
      )}
      {secret !== null && <SecretDialog {...secret} onClose={() => setSecret(null)} />}
    </div>
  )
}

interface WebhookTableProps {
  readonly webhooks: readonly Webhook[]
  readonly open: string | undefined
}

function WebhookTable({ webhooks, open }: WebhookTableProps) {
  const now = Date.now()
  return (
    <ListTable
      label="Table of endpoints"
      rows={webhooks}
      keyOf={({ name }) => name}
      isOpen={({ name }) => name === open}
      columns={[
        {
          name: 'Endpoint',
          cell: ({ name, url }) => (
            <div className="max-w-[340px] py-1.5 max-sm:max-w-[200px]">
              <Link to="/webhooks" search={{ name }} className="font-mono text-code text-link hover:underline">
                {name}
              </Link>
              <p className="truncate text-sm text-text-2" title={url}>
                {url}
              </p>
            </div>
          ),
        },
        { name: 'State', cell: (webhook) => <WebhookStateBadge webhook={webhook} /> },
        {
          name: 'Waiting',
          isNumber: true,
          cell: ({ waiting }) =>
            waiting === 0 ? <span className="text-text-3">0</span> : waiting.toLocaleString('en'),
        },
        { name: 'Last success', cell: (webhook) => <LastSuccess webhook={webhook} now={now} /> },
        {
          name: 'Events',
          cell: ({ events }) => (
            <span className="block max-w-[240px] truncate font-mono text-code" title={events.join(', ')}>
              {events.join(', ')}
            </span>
          ),
        },
      ]}
    />
  )
}

function LastSuccess({ webhook, now }: { readonly webhook: Webhook; readonly now: number }) {
  const { last_success_at: at, failing_since: failing } = webhook
  return (
    <div className="py-1.5 whitespace-nowrap">
      {at === null ? (
        <span className="text-text-3">none yet</span>
      ) : (
        <span title={minuteOf(at)}>{dueText(at, now)}</span>
      )}
      {failing !== null && <p className="text-sm text-danger-text">failing since {minuteOf(failing)}</p>}
    </div>
  )
}
