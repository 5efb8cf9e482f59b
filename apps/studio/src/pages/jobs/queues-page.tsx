import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Badge } from '../../kit/badge'
import { Button } from '../../kit/button'
import { ListTable } from '../../kit/list-table'
import { Page } from '../../kit/page'
import { durationText } from '../../kit/quantities'
import { Snippet } from '../../kit/snippet'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { minuteOf } from '../../kit/times'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useMay, useSession } from '../../session/session-context'
import { HeldJobs } from './held-jobs'
import { type Queue, useQueues } from './use-queues'

/** What shares concurrency and a rate: how much waits in each, and since when. */
export function QueuesPage() {
  const { data, error, refetch } = useQueues()
  return (
    <Page title="Queues">
      <p className="text-text-2">
        Jobs of a queue share its concurrency and its rate, which the setting{' '}
        <code className="font-mono text-code">jobs.queues</code> bounds.
      </p>
      {error !== null && (
        <ErrorState what="The queues could not be read" error={error} onRetry={() => void refetch()} />
      )}
      <HeldJobs />
      {data === undefined && error === null && <Skeleton className="h-[160px] w-full" />}
      {data?.queues.length === 0 && <NoQueues />}
      {data !== undefined && data.queues.length > 0 && <QueueTable queues={data.queues} />}
    </Page>
  )
}

function QueueTable({ queues }: { readonly queues: readonly Queue[] }) {
  const { changing, change } = usePausing()
  const mayWrite = useMay('jobs:write')
  return (
    <ListTable
      label="Table of queues"
      rows={queues}
      keyOf={({ name }) => name}
      columns={[
        {
          name: 'Queue',
          cell: ({ name, paused_at: at }) => (
            <span className="inline-flex items-center gap-2 whitespace-nowrap">
              <code className="font-mono text-code">{name}</code>
              {at !== null && (
                <span title={`since ${minuteOf(at)}`}>
                  <Badge kind="warning">paused</Badge>
                </span>
              )}
            </span>
          ),
        },
        { name: 'Waiting', isNumber: true, cell: ({ waiting }) => countText(waiting) },
        { name: 'Retrying', isNumber: true, cell: ({ retrying }) => countText(retrying) },
        {
          name: 'Running',
          isNumber: true,
          cell: ({ running, concurrency }) => (
            <span className="whitespace-nowrap">
              {countText(running)} <span className="text-text-3">of {concurrency.toLocaleString('en')}</span>
            </span>
          ),
        },
        { name: 'Oldest', cell: ({ oldest_at: at }) => at !== null && <Oldest at={at} /> },
        {
          name: 'Rate',
          cell: ({ rate }) => <span className="whitespace-nowrap">{rate ?? <NoRate />}</span>,
        },
        {
          name: 'Actions',
          cell: ({ name, paused_at: at }) => (
            <Button
              kind="quiet"
              aria-label={`${at === null ? 'Pause' : 'Resume'} ${name}`}
              isBusy={changing === name}
              reason={mayWrite ? null : 'Your role cannot pause queues.'}
              onClick={() => void change(name, { isPaused: at === null })}
            >
              {at === null ? 'Pause' : 'Resume'}
            </Button>
          ),
        },
      ]}
    />
  )
}

/** Since when the first job that waits could run, or when it is to. */
function Oldest({ at }: { readonly at: string }) {
  const waited = Date.now() - Date.parse(at)
  return (
    <span className="whitespace-nowrap" title={at}>
      {waited < 0 ? `due ${minuteOf(at)}` : `waits for ${durationText(waited - (waited % 1_000))}`}
    </span>
  )
}

function NoRate() {
  return <span className="text-text-3">no limit</span>
}

function countText(count: number) {
  return count === 0 ? <span className="text-text-3">0</span> : count.toLocaleString('en')
}

interface Pausing {
  readonly isPaused: boolean
  readonly isUndo?: boolean
}

/** Pauses a queue, or lets it go on; the toast takes it back. */
function usePausing() {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const [changing, setChanging] = useState<string | null>(null)
  async function change(name: string, { isPaused, isUndo = false }: Pausing): Promise<void> {
    const verb = isPaused ? 'Paused' : 'Resumed'
    setChanging(name)
    try {
      const call = isPaused ? admin.pauseJobQueue : admin.resumeJobQueue
      await call({ params: { name } })
      toast({
        title: `${verb} ${name}`,
        ...(!isUndo && {
          action: { label: 'Undo', run: () => void change(name, { isPaused: !isPaused, isUndo: true }) },
        }),
      })
    } catch (failure) {
      toast({ kind: 'error', title: `Nothing was ${verb.toLowerCase()}`, description: messageOf(failure) })
    } finally {
      setChanging(null)
      await queries.invalidateQueries({ queryKey: ['jobs'] })
    }
  }
  return { changing, change }
}

function NoQueues() {
  return (
    <EmptyState title="No queues yet">
      <p>A function that runs jobs has a queue; functions with the same one share it:</p>
      <Snippet label="functions/hello.yaml" text={'queue: { name: mail } # in functions/hello.yaml'} />
    </EmptyState>
  )
}
