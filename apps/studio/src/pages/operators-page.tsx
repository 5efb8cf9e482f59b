import type { ListOperatorsResponse } from '@koyalite/client/admin'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Badge } from '../kit/badge'
import { Button } from '../kit/button'
import { ConfirmDialog } from '../kit/confirm-dialog'
import { ListTable } from '../kit/list-table'
import { Page } from '../kit/page'
import { ErrorState, Skeleton } from '../kit/states'
import { minuteOf } from '../kit/times'
import { useToast } from '../kit/toast'
import { useNewInAddress } from '../kit/use-new-in-address'
import { messageOf } from '../session/operator-session'
import { useMay, useOperator, useSession } from '../session/session-context'
import { NewOperatorDialog } from './operators/new-operator-dialog'
import { OperatorActions } from './operators/operator-actions'
import { ROLES, type Role } from './operators/roles'

type Operator = ListOperatorsResponse['operators'][number]

/** Who runs the server: persons, each with a role. */
export function OperatorsPage() {
  const { admin } = useSession()
  const self = useOperator()
  const queries = useQueryClient()
  const toast = useToast()
  const mayWrite = useMay('operators:write')
  const [dialog, setDialog] = useState<Operator | null>(null)
  const [isNew, setNew] = useNewInAddress()
  const { data, error, refetch } = useQuery({
    queryKey: ['operators'],
    queryFn: () => admin.listOperators({ query: { limit: 500 } }),
  })
  const change = useMutation({
    mutationFn: ({ id, ...body }: { id: string; email: string; role?: Role; disabled?: boolean }) =>
      admin.updateOperator({ params: { id }, body: { role: body.role, disabled: body.disabled } }),
    onSuccess(_, { email, role, disabled }) {
      const what = role === undefined ? `${disabled ? 'Disabled' : 'Enabled'} ${email}` : `${email} is ${role} now`
      toast({ title: what })
    },
    onError: (failure, { email }) =>
      toast({ kind: 'error', title: `${email} was not changed`, description: messageOf(failure) }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['operators'] }),
  })
  const reason = (operator: Operator) =>
    operator.id === self.id
      ? 'This is you: another owner can change it.'
      : mayWrite
        ? null
        : 'Only owners change operators.'
  return (
    <Page
      title="Operators"
      actions={
        <Button kind="primary" reason={mayWrite ? null : 'Only owners add operators.'} onClick={() => setNew(true)}>
          Add operator
        </Button>
      }
    >
      {error !== null && (
        <ErrorState what="The operators could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton className="h-[80px] w-full" />}
      {data !== undefined && (
        <ListTable
          label="Table of operators"
          rows={data.operators}
          keyOf={({ id }) => id}
          columns={[
            {
              name: 'Email address',
              cell: ({ id, email }) => (
                <>
                  {email} {id === self.id && <span className="text-text-3">(you)</span>}
                </>
              ),
            },
            {
              name: 'Role',
              cell: (operator) => (
                <select
                  aria-label={`Role of ${operator.email}`}
                  value={operator.role}
                  disabled={reason(operator) !== null}
                  title={reason(operator) ?? undefined}
                  onChange={({ target }) =>
                    change.mutate({ id: operator.id, email: operator.email, role: target.value as Role })
                  }
                  className="h-7 rounded-control border border-control bg-canvas px-1.5"
                >
                  {ROLES.map(({ value }) => (
                    <option key={value}>{value}</option>
                  ))}
                </select>
              ),
            },
            {
              name: 'State',
              cell: ({ disabled_at }) =>
                disabled_at === null ? <Badge kind="success">active</Badge> : <Badge kind="warning">disabled</Badge>,
            },
            {
              name: 'Second factor',
              cell: ({ mfa }) => (mfa ? 'set up' : <span className="text-text-3">none</span>),
            },
            {
              name: 'Sessions',
              cell: ({ sessions }) => sessions,
            },
            {
              name: 'Since',
              cell: ({ created_at }) => <span className="whitespace-nowrap">{minuteOf(created_at)}</span>,
            },
            {
              name: 'Actions',
              cell: (operator) => (
                <OperatorActions
                  operator={operator}
                  reason={reason(operator)}
                  onDisable={() =>
                    change.mutate({ id: operator.id, email: operator.email, disabled: operator.disabled_at === null })
                  }
                  onDelete={() => setDialog(operator)}
                />
              ),
            },
          ]}
        />
      )}
      {isNew && mayWrite && <NewOperatorDialog onClose={() => setNew(false)} />}
      {dialog !== null && (
        <ConfirmDialog
          title={`Delete the operator ${dialog.email}`}
          action={`Delete ${dialog.email}`}
          onClose={() => setDialog(null)}
          run={async () => {
            await admin.deleteOperator({ params: { id: dialog.id } })
            await queries.invalidateQueries({ queryKey: ['operators'] })
            toast({ title: `Deleted the operator ${dialog.email}` })
          }}
        >
          They are signed out everywhere at once. What they did stays in the audit log under their name. To keep the
          account for later, disable it.
        </ConfirmDialog>
      )}
    </Page>
  )
}
