import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useSession } from '../../session/session-context'

export interface RestoreLinkProps {
  readonly collection: string
  /** Of the document that was deleted. */
  readonly documentKey: string
  /** The request that deleted it was answered then, within some seconds. */
  readonly at: string
}

/** Leads to where a deletion can be undone, or says why it cannot. */
export function RestoreLink({ collection, documentKey, at }: RestoreLinkProps) {
  const { admin } = useSession()
  const { data, error } = useQuery({
    queryKey: ['changes', collection, documentKey],
    queryFn: () => admin.listChanges({ query: { collection, key: documentKey } }),
    retry: false,
  })
  if (data === undefined && error === null) return null
  const deleted = data?.actions.find(
    (action) =>
      Math.abs(Date.parse(action.at) - Date.parse(at)) < NEAR_MS && action.changes.some((one) => one.deleted > 0),
  )
  if (deleted === undefined) {
    return (
      <p className="text-text-2">
        It was deleted by the app or a service key, or too long ago: it can be created again with the content above, or
        taken from a backup.
      </p>
    )
  }
  if (deleted.undone_by !== null) return <p className="text-text-2">This deletion was undone.</p>
  if (deleted.impossible !== null)
    return <p className="text-text-2">It cannot be undone: {deleted.impossible.message}</p>
  return (
    <Link
      // The route is the data area's.
      to={'/changes' as string}
      className="inline-flex h-8 items-center self-start rounded-control bg-accent px-3 font-medium text-on-accent hover:brightness-110"
    >
      Restore it in Recent changes
    </Link>
  )
}

/** Between what the action says and what the audit log says. */
const NEAR_MS = 5_000
