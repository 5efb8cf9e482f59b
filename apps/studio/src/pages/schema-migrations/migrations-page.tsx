import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Badge } from '../../kit/badge'
import { Button } from '../../kit/button'
import { ListTable } from '../../kit/list-table'
import { Page } from '../../kit/page'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { minuteOf } from '../../kit/times'
import { useToast } from '../../kit/toast'
import { useSession } from '../../session/session-context'
import { useSchema } from '../schema/schema-context'
import { RollbackDialog } from './rollback-dialog'
import { STATES } from './states'

/** What has changed tables that may hold data, and what is still to be applied. */
export function MigrationsPage() {
  const { admin } = useSession()
  const { reason } = useSchema()
  const queries = useQueryClient()
  const toast = useToast()
  const [isRollingBack, setRollingBack] = useState(false)
  const { data, error, refetch } = useQuery({
    queryKey: ['schema', 'migrations'],
    queryFn: () => admin.getMigrations(),
  })
  const migrations = data?.migrations.toReversed()
  const pending = migrations?.filter(({ state }) => state === 'pending' || state === 'draft') ?? []
  const last = migrations?.find(({ state }) => state === 'applied')
  const applyPending = async () => {
    try {
      await admin.migrate({ body: { action: 'apply' } })
      toast({ title: pending.length === 1 ? 'Applied 1 migration' : `Applied ${pending.length} migrations` })
    } catch (failure) {
      toast({ kind: 'error', title: 'Not applied', description: failure instanceof Error ? failure.message : '' })
    }
    await queries.invalidateQueries({ queryKey: ['schema'] })
  }
  return (
    <Page
      title="Migrations"
      actions={
        migrations !== undefined &&
        migrations.length > 0 && (
          <>
            {pending.length > 0 && (
              <Button kind="primary" reason={reason} onClick={() => void applyPending()}>
                Apply {pending.length === 1 ? '1 migration' : `${pending.length} migrations`}
              </Button>
            )}
            <Button
              reason={reason ?? (last === undefined ? 'Nothing is applied.' : null)}
              onClick={() => setRollingBack(true)}
            >
              Roll back the last one
            </Button>
          </>
        )
      }
    >
      {error !== null && (
        <ErrorState what="The migrations could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton className="h-[200px] w-full" />}
      {data?.problems.map((problem) => (
        <p key={problem} role="alert" className="rounded-control bg-danger-soft px-3 py-2 break-words text-danger-text">
          {problem}
        </p>
      ))}
      {migrations?.length === 0 && (
        <EmptyState title="No migrations yet">
          <p>
            What cannot lose data is applied by itself. Renaming, dropping and stricter rules for values make a file in
            migrations/, which is listed here with what it did.
          </p>
        </EmptyState>
      )}
      {migrations !== undefined && migrations.length > 0 && (
        <ListTable
          label="Table of migrations"
          rows={migrations}
          keyOf={({ version }) => String(version)}
          columns={[
            { name: 'Version', isNumber: true, cell: ({ version }) => version },
            {
              name: 'Name',
              cell: ({ version, name }) => (
                <Link
                  to="/schema/migrations/$id"
                  params={{ id: String(version) }}
                  className="text-link hover:underline"
                >
                  {name}
                </Link>
              ),
            },
            { name: 'State', cell: ({ state }) => <Badge kind={STATES[state][0]}>{STATES[state][1]}</Badge> },
            {
              name: 'Applied',
              cell: ({ applied_at }) => (
                <span className="whitespace-nowrap">{applied_at === null ? '–' : minuteOf(applied_at)}</span>
              ),
            },
            {
              name: 'Way back',
              cell: ({ reversible, remarks }) => (
                <span title={remarks.join('; ')}>
                  {reversible === null ? '–' : reversible ? (remarks.length > 0 ? 'with losses' : 'yes') : 'no'}
                </span>
              ),
            },
            { name: 'Copy made before', cell: ({ snapshot }) => snapshot ?? '–' },
          ]}
        />
      )}
      {isRollingBack && last !== undefined && <RollbackDialog name={last.name} onClose={() => setRollingBack(false)} />}
    </Page>
  )
}
