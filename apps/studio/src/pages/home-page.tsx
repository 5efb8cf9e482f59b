import { useCollections } from '../fields/use-collections'
import { useMay } from '../session/session-context'
import { Attention } from './home/attention'
import { CollectionLinks } from './home/collection-links'
import { FirstSteps } from './home/first-steps'
import { LastHour } from './home/last-hour'
import { RecentChanges } from './home/recent-changes'
import { RecentRequests } from './home/recent-requests'

/** Whether all is well, what has happened last, and where to go on. */
export function HomePage() {
  const [maySeeSettings, maySeeLogs, maySeeSchema] = [
    useMay('settings:read'),
    useMay('logs:read'),
    useMay('schema:read'),
  ]
  const { data: collections } = useCollections()
  // `users` is always there.
  const isEmpty = collections?.every(({ name }) => name === 'users') ?? false
  return (
    <div className="flex max-w-page flex-col gap-8 p-6 max-sm:p-4">
      <h1 className="sr-only">Home</h1>
      {isEmpty && <FirstSteps />}
      {maySeeSettings && <Attention />}
      {maySeeLogs && <LastHour />}
      {maySeeSchema && !isEmpty && <CollectionLinks collections={collections ?? []} />}
      <RecentChanges />
      {maySeeLogs && <RecentRequests />}
    </div>
  )
}
