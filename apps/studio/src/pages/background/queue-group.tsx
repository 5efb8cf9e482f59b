import { Link, linkOptions } from '@tanstack/react-router'
import { Badge } from '../../kit/badge'
import { type Queue, useQueues } from '../jobs/use-queues'
import { Group, Row, shownOf } from './background-table'
import { When } from './when'

const ALL = linkOptions({ to: '/queues' })

export function QueueGroup() {
  const queues = useQueues().data?.queues ?? []
  if (queues.length === 0) return null
  const shown = shownOf(queues, isHeldUp)
  return (
    <Group name="Queues" page={ALL} problems={queues.filter(isHeldUp).length} hidden={queues.length - shown.length}>
      {shown.map((queue) => (
        <QueueRow key={queue.name} queue={queue} />
      ))}
    </Group>
  )
}

function QueueRow({ queue }: { readonly queue: Queue }) {
  const { name, waiting, retrying, running, concurrency, oldest_at: oldest } = queue
  const counts = [
    `${waiting.toLocaleString('en')} waiting`,
    ...(retrying > 0 ? [`${retrying.toLocaleString('en')} retrying`] : []),
    `${running.toLocaleString('en')} of ${concurrency.toLocaleString('en')} running`,
  ]
  return (
    <Row
      name={
        <Link to="/queues" className="font-mono text-code text-link hover:underline">
          {name}
        </Link>
      }
      note={counts.join(', ')}
      state={<QueueState queue={queue} />}
      next={<When at={oldest} />}
      last={null}
    />
  )
}

/** What waits there goes nowhere. */
function isHeldUp({ paused_at: paused, waiting }: Queue): boolean {
  return paused !== null && waiting > 0
}

function QueueState({ queue: { paused_at: paused, running, waiting } }: { readonly queue: Queue }) {
  if (paused !== null) return <Badge kind="warning">paused</Badge>
  return running + waiting > 0 ? <Badge kind="accent">works</Badge> : <Badge>idle</Badge>
}
