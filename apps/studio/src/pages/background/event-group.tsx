import { linkOptions } from '@tanstack/react-router'
import { behindText, SubscriberLink, SubscriberStateBadge } from '../events/subscriber-state'
import { type Subscriber, useSubscribers } from '../events/use-subscribers'
import { Group, Row, shownOf } from './background-table'

const ALL = linkOptions({ to: '/events' })

export function EventGroup() {
  const subscribers = useSubscribers().data?.subscribers ?? []
  if (subscribers.length === 0) return null
  const shown = shownOf(subscribers, isProblem)
  return (
    <Group
      name="Subscribers of events"
      page={ALL}
      problems={subscribers.filter(isProblem).length}
      hidden={subscribers.length - shown.length}
    >
      {shown.map((subscriber) => (
        <Row
          key={subscriber.name}
          name={<SubscriberLink subscriber={subscriber} />}
          note={subscriber.patterns.join(', ')}
          state={<SubscriberStateBadge subscriber={subscriber} />}
          next={<span className="text-text-2">behind by {behindText(subscriber)}</span>}
          last={`${subscriber.delivered.toLocaleString('en')} delivered since the start`}
        />
      ))}
    </Group>
  )
}

function isProblem({ state, failing, set_aside: aside }: Subscriber): boolean {
  return state === 'broken' || failing !== null || aside > 0
}
