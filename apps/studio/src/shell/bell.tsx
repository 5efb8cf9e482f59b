import { Popover } from '@base-ui/react/popover'
import { useQuery } from '@tanstack/react-query'
import { BellDot, Bell as BellIcon } from 'lucide-react'
import { AppLink } from '../kit/app-link'
import { FindingList } from '../pages/home/finding-list'
import { openFindings } from '../pages/home/findings'
import { useMay, useSession } from '../session/session-context'

const EVERY_MS = 5 * 60_000

/** What needs attention, from every page. */
export function Bell() {
  return useMay('settings:read') ? <Attention /> : null
}

function Attention() {
  const { admin } = useSession()
  const { data } = useQuery({
    queryKey: ['doctor'],
    queryFn: () => admin.runDoctor(),
    staleTime: EVERY_MS,
    refetchInterval: EVERY_MS,
  })
  const open = openFindings(data?.findings ?? [])
  const problems = open.filter(({ level }) => level === 'problem').length
  const Icon = problems > 0 ? BellDot : BellIcon
  const label =
    data === undefined ? 'Attention' : `Attention: ${open.length === 0 ? 'nothing' : `${open.length} to look at`}`
  return (
    <Popover.Root>
      <Popover.Trigger
        aria-label={label}
        title={label}
        className="relative flex h-8 items-center gap-1 rounded-control px-2 text-text-2 hover:bg-sunken hover:text-text data-problems:text-danger-text"
        data-problems={problems > 0 || undefined}
      >
        <Icon aria-hidden="true" size={16} strokeWidth={1.5} />
        {open.length > 0 && <span className="text-xs font-medium">{open.length}</span>}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner align="end" sideOffset={6} className="z-30">
          <Popover.Popup className="flex max-h-[70vh] w-[min(440px,calc(100vw-1rem))] flex-col gap-3 overflow-auto rounded-panel border border-line bg-raised p-4 shadow-float outline-none">
            <Popover.Title className="text-title font-semibold">Needs attention</Popover.Title>
            {open.length === 0 ? (
              <p className="text-text-2">Nothing: all checks pass.</p>
            ) : (
              <FindingList findings={open} />
            )}
            <AppLink href="/" className="self-start text-link hover:underline">
              Open Home
            </AppLink>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}
