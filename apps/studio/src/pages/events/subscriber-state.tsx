import { Link } from '@tanstack/react-router'
import { Badge } from '../../kit/badge'
import { durationText } from '../../kit/quantities'
import type { Subscriber } from './use-subscribers'

/** Whether it is given events, in a word. */
export function SubscriberStateBadge({
  subscriber: { state, failing, set_aside: aside },
}: {
  readonly subscriber: Subscriber
}) {
  if (state === 'broken') return <Badge kind="danger">events were lost</Badge>
  if (failing !== null) return <Badge kind="danger">blocked</Badge>
  if (aside > 0) return <Badge kind="danger">{aside.toLocaleString('en')} set aside</Badge>
  return state === 'live' ? <Badge kind="success">live</Badge> : <Badge kind="warning">retrying</Badge>
}

/** Whose it is. */
export function SubscriberLink({ subscriber: { kind, endpoint, name } }: { readonly subscriber: Subscriber }) {
  const className = 'text-link hover:underline'
  if (kind === 'functions')
    return (
      <Link to="/functions" className={className}>
        Functions
      </Link>
    )
  if (endpoint === null) return <code className="font-mono text-code">{name}</code>
  return (
    <Link to="/webhooks" search={{ name: endpoint }} className={`${className} font-mono text-code`}>
      {endpoint}
    </Link>
  )
}

/** `12 entries, 3 s`; nothing is behind where it has passed all. */
export function behindText({ pending, lag_ms: lag }: Subscriber): string {
  if (pending === 0) return 'nothing'
  return `${pending.toLocaleString('en')} ${pending === 1 ? 'entry' : 'entries'}, ${durationText(lag - (lag % 1_000))}`
}
