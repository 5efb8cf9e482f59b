import type { ListKeysResponse } from '@koyalite/client/admin'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Badge } from '../kit/badge'
import { Button } from '../kit/button'
import { ConfirmDialog } from '../kit/confirm-dialog'
import { ListTable } from '../kit/list-table'
import { Page } from '../kit/page'
import { EmptyState, ErrorState, Skeleton } from '../kit/states'
import { minuteOf } from '../kit/times'
import { useToast } from '../kit/toast'
import { useNewInAddress } from '../kit/use-new-in-address'
import { useMay, useSession } from '../session/session-context'
import { NewKeyDialog } from './keys/new-key-dialog'

export type ServiceKey = ListKeysResponse['keys'][number]

/** Service keys: what programs show instead of a user's session. */
export function KeysPage() {
  const { admin } = useSession()
  const mayWrite = useMay('keys:write')
  const { data, error, refetch } = useQuery({
    queryKey: ['keys'],
    queryFn: () => admin.listKeys({ query: { limit: 500 } }),
  })
  const [dialog, setDialog] = useState<ServiceKey | null>(null)
  const [isNew, setNew] = useNewInAddress()
  const keys = data?.keys.toSorted((a, b) => Number(a.revoked_at !== null) - Number(b.revoked_at !== null))
  const newKey = (
    <Button kind="primary" reason={mayWrite ? null : 'Your role cannot make keys.'} onClick={() => setNew(true)}>
      New key
    </Button>
  )
  return (
    <Page title="Service keys" actions={keys !== undefined && keys.length > 0 && newKey}>
      {error !== null && <ErrorState what="The keys could not be read" error={error} onRetry={() => void refetch()} />}
      {keys === undefined && error === null && <Skeleton className="h-[120px] w-full" />}
      {keys?.length === 0 && (
        <EmptyState title="Programs use service keys">
          <p>A job, another server or the command line from elsewhere sends a key instead of signing in as a user.</p>
          {newKey}
        </EmptyState>
      )}
      {keys !== undefined && keys.length > 0 && (
        <ListTable
          label="Table of service keys"
          rows={keys}
          keyOf={({ id }) => id}
          columns={[
            { name: 'Name', cell: ({ name }) => name ?? <span className="text-text-3">without a name</span> },
            { name: 'Key', cell: ({ hint }) => <code className="font-mono text-code">{hint}</code> },
            { name: 'May', cell: ({ scopes }) => scopes.map(scopeText).join(', ') },
            {
              name: 'Made',
              cell: ({ created_at }) => <span className="whitespace-nowrap">{minuteOf(created_at)}</span>,
            },
            {
              name: 'Last used',
              cell: ({ last_used_at }) =>
                last_used_at === null ? (
                  <span className="text-text-3">never seen</span>
                ) : (
                  <span className="whitespace-nowrap">{minuteOf(last_used_at)}</span>
                ),
            },
            {
              name: 'State',
              cell: ({ revoked_at }) =>
                revoked_at === null ? (
                  <Badge kind="success">valid</Badge>
                ) : (
                  <Badge>revoked {minuteOf(revoked_at)}</Badge>
                ),
            },
            {
              name: 'Actions',
              cell: (key) =>
                key.revoked_at === null && (
                  <Button
                    kind="quiet"
                    reason={mayWrite ? null : 'Your role cannot revoke keys.'}
                    onClick={() => setDialog(key)}
                  >
                    Revoke
                  </Button>
                ),
            },
          ]}
        />
      )}
      {isNew && mayWrite && <NewKeyDialog onClose={() => setNew(false)} />}
      {dialog !== null && <RevokeDialog serviceKey={dialog} onClose={() => setDialog(null)} />}
    </Page>
  )
}

function RevokeDialog({ serviceKey, onClose }: { readonly serviceKey: ServiceKey; readonly onClose: () => void }) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const name = serviceKey.name ?? serviceKey.hint
  return (
    <ConfirmDialog
      title={`Revoke the key ${name}`}
      action={`Revoke ${name}`}
      onClose={onClose}
      run={async () => {
        await admin.revokeKey({ params: { id: serviceKey.id } })
        await queries.invalidateQueries({ queryKey: ['keys'] })
        toast({ title: `Revoked the key ${name}` })
      }}
    >
      Programs that use it are refused from the next request on. A revoked key cannot be made valid again.
    </ConfirmDialog>
  )
}

/** `data:read of users, posts` */
function scopeText({ scope, collections, functions }: ServiceKey['scopes'][number]): string {
  const limits = collections ?? functions
  return limits === undefined ? scope : `${scope} of ${limits.join(', ')}`
}
