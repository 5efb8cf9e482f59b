import { useSearch } from '@tanstack/react-router'
import { Button } from '../../kit/button'
import { Snippet } from '../../kit/snippet'
import { EmptyState } from '../../kit/states'
import { useNewInAddress } from '../../kit/use-new-in-address'
import { useMay, useSession } from '../../session/session-context'
import { useEditingLock } from '../../shell/editing-lock'
import { useKeys } from '../../shell/keyboard'
import { LiveListPage } from '../observe/live-list-page'
import { NothingMatches } from '../observe/nothing-matches'
import { useLivePages } from '../observe/use-live-pages'
import { HeldJobs } from './held-jobs'
import { JobFilters } from './job-filters'
import { JobPanel } from './job-panel'
import { JobTable } from './job-table'
import { PushJobDialog } from './push-job-dialog'

/** Work that outlives a request: what waits, runs, and came to what. */
export function JobsPage() {
  const { admin } = useSession()
  const search = useSearch({ from: '/shell/jobs' })
  const { id: _, live: __, new: ___, ...filter } = search
  const [isNew, setNew] = useNewInAddress()
  const mayWrite = useMay('jobs:write')
  const lock = useEditingLock()
  const pages = useLivePages({
    queryKey: ['jobs', 'list', filter],
    read: (page) => admin.listJobs({ query: { ...filter, ...page } }),
    entriesOf: ({ jobs }) => jobs.map((job) => ({ ...job, at: job.created_at })),
  })
  const reason = mayWrite ? lock.reason : 'Your role cannot push jobs.'
  useKeys(reason === null ? { new: () => setNew(true) } : {})
  const push = (
    <Button reason={reason} onClick={() => setNew(true)}>
      Push a job
    </Button>
  )
  return (
    <>
      <LiveListPage
        title="Jobs"
        what="jobs"
        search={search}
        pages={pages}
        actions={push}
        filters={<JobFilters search={search} jobs={pages.entries ?? []} />}
        above={<HeldJobs />}
        empty={
          Object.keys(filter).length > 0 ? (
            <NothingMatches page="/jobs">
              No job that is kept matches. Those that are over are kept for as long as jobs.keep says.
            </NothingMatches>
          ) : (
            <NoJobs />
          )
        }
        table={(jobs, open) => <JobTable jobs={jobs} open={open} />}
        panel={(panel) => <JobPanel key={panel.id} {...panel} />}
      />
      {isNew && reason === null && <PushJobDialog onClose={() => setNew(false)} />}
    </>
  )
}

function NoJobs() {
  return (
    <EmptyState title="No jobs yet">
      <p>
        A job is a call of a function for later: it survives crashes, and is tried again where it fails. Let a function
        run jobs, by its manifest:
      </p>
      <Snippet label="functions/hello.yaml" text={'queue: true # in functions/hello.yaml'} />
      <p>Then push one here, from another function, or by a command:</p>
      <Snippet label="a command that pushes a job" text="koyalite jobs push hello" />
    </EmptyState>
  )
}
