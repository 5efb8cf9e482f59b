import { Page } from '../../kit/page'
import { ErrorState, Skeleton } from '../../kit/states'
import { useMay } from '../../session/session-context'
import { BackgroundTable } from './background-table'
import { EventGroup } from './event-group'
import { QueueGroup } from './queue-group'
import { ScheduleGroup } from './schedule-group'
import { TaskGroups } from './task-groups'
import { useTasks } from './use-tasks'
import { WebhookGroup } from './webhook-group'

/** Everything that runs by itself: when next, how it went last, and a way to run it now. */
export function BackgroundPage() {
  const { data, error, refetch } = useTasks()
  const [maySchedules, mayWebhooks, mayEvents] = [
    useMay('schedules:read'),
    useMay('webhooks:read'),
    useMay('events:read'),
  ]
  return (
    <Page title="Background">
      <p className="text-text-2">Everything that runs by itself: when next, and how it went last.</p>
      {error !== null && <ErrorState what="The tasks could not be read" error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton className="h-[480px] w-full" />}
      {data !== undefined && (
        <BackgroundTable>
          {maySchedules && <ScheduleGroup />}
          <QueueGroup />
          {mayWebhooks && <WebhookGroup />}
          {mayEvents && <EventGroup />}
          <TaskGroups tasks={data.tasks} />
        </BackgroundTable>
      )}
    </Page>
  )
}
