import { useMay } from '../session/session-context'
import { Attention } from './home/attention'
import { RecentRequests } from './home/recent-requests'

/** Whether all is well, and what has happened last. */
export function HomePage() {
  const [maySeeSettings, maySeeLogs] = [useMay('settings:read'), useMay('logs:read')]
  return (
    <div className="mx-auto flex max-w-[960px] flex-col gap-8 p-6 max-sm:p-4">
      <h1 className="sr-only">Home</h1>
      {maySeeSettings && <Attention />}
      {maySeeLogs && <RecentRequests />}
    </div>
  )
}
