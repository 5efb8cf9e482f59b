import { Link } from '@tanstack/react-router'
import { actorText } from '../observe/status-text'

/** Who pushed a job, as the API writes it: `user:<id>`, `user:<id> (by ann@example.com)`, `system`; null: nobody. */
export function JobActorText({ actor }: { readonly actor: string | null }) {
  if (actor === null) return 'nobody'
  const { kind, id, by } = partsOf(actor)
  return <span title={actor}>{by === null ? actorText({ kind, id }) : `${actorText({ kind, id })} by ${by}`}</span>
}

/** The same; a user leads to their page. */
export function JobActorLink({ actor }: { readonly actor: string | null }) {
  const { kind, id } = partsOf(actor ?? '')
  if (kind !== 'user' || id === null) return <JobActorText actor={actor} />
  return (
    <Link to="/users" search={{ q: '', user: id }} className="text-link hover:underline">
      <JobActorText actor={actor} />
    </Link>
  )
}

function partsOf(actor: string): { readonly kind: string; readonly id: string | null; readonly by: string | null } {
  const [, kind = actor, id = null, by = null] = /^([^:]+):(\S+)(?: \(by (.*)\))?$/.exec(actor) ?? []
  return { kind, id, by }
}
