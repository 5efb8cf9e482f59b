import type { ListTasksResponse } from '@koyalite/client/admin'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Badge } from '../../kit/badge'
import { Button } from '../../kit/button'
import { ListTable } from '../../kit/list-table'
import { Page } from '../../kit/page'
import { durationText } from '../../kit/quantities'
import { ErrorState, Skeleton } from '../../kit/states'
import { minuteOf } from '../../kit/times'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useMay, useSession } from '../../session/session-context'

type Task = ListTasksResponse['tasks'][number]

const REFRESH_MS = 5_000

/** What the server does by itself. */
export function TasksPage() {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const mayRun = useMay('jobs:write')
  const [running, setRunning] = useState<string | null>(null)
  const { data, error, refetch } = useQuery({
    queryKey: ['tasks'],
    queryFn: () => admin.listTasks(),
    refetchInterval: REFRESH_MS,
  })
  async function run({ name }: Task): Promise<void> {
    setRunning(name)
    try {
      await admin.runTask({ params: { name } })
      toast({ title: `Ran ${name}` })
    } catch (failure) {
      toast({ kind: 'error', title: `${name} failed`, description: messageOf(failure) })
    } finally {
      setRunning(null)
      await queries.invalidateQueries({ queryKey: ['tasks'] })
    }
  }
  return (
    <Page title="Tasks">
      <p className="text-text-2">What the server does by itself, and when it did it last.</p>
      {error !== null && <ErrorState what="The tasks could not be read" error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton className="h-[320px] w-full" />}
      {data !== undefined && (
        <ListTable
          label="Table of tasks"
          rows={data.tasks}
          keyOf={({ name }) => name}
          columns={[
            {
              name: 'Task',
              cell: ({ name, summary }) => (
                <div className="py-1.5">
                  <code className="font-mono text-code">{name}</code>
                  <p className="text-sm text-text-2">{summary}</p>
                </div>
              ),
            },
            { name: 'Last', cell: (task) => <Last task={task} /> },
            {
              name: 'Next',
              cell: ({ next, schedule }) => (
                <span className="whitespace-nowrap">
                  {next === null ? <span className="text-text-3">{schedule ?? 'not scheduled'}</span> : minuteOf(next)}
                  {next !== null && schedule !== null && <span className="block text-sm text-text-3">{schedule}</span>}
                </span>
              ),
            },
            {
              name: 'Runs',
              isNumber: true,
              cell: ({ runs, failures }) =>
                failures === 0
                  ? runs.toLocaleString('en')
                  : `${runs.toLocaleString('en')}, ${failures.toLocaleString('en')} failed`,
            },
            {
              name: 'Actions',
              cell: (task) => (
                <Button
                  kind="quiet"
                  aria-label={`Run now: ${task.name}`}
                  isBusy={running === task.name || task.running}
                  reason={mayRun ? null : 'Your role cannot run tasks.'}
                  onClick={() => void run(task)}
                >
                  Run now
                </Button>
              ),
            },
          ]}
        />
      )}
    </Page>
  )
}

function Last({ task: { last, last_failure } }: { readonly task: Task }) {
  if (last === null) return <span className="text-text-3">not since the start</span>
  const failure = last.ok ? null : (last_failure ?? last)
  return (
    <div className="py-1.5">
      <span className="whitespace-nowrap">
        {minuteOf(last.at)}, {durationText(last.duration_ms)}
      </span>{' '}
      {!last.ok && <Badge kind="danger">failed</Badge>}
      <p className={`text-sm ${last.ok ? 'text-text-3' : 'text-danger-text'}`}>{failure?.message ?? last.message}</p>
    </div>
  )
}
