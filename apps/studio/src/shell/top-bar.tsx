import { useRouterState } from '@tanstack/react-router'
import { Link2, Search } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { AppLink } from '../kit/app-link'
import { Badge } from '../kit/badge'
import { classNames } from '../kit/class-names'
import { copyText } from '../kit/copy-text'
import { useToast } from '../kit/toast'
import { useOperator } from '../session/session-context'
import { areasFor, isWithin } from './areas'
import { Bell } from './bell'
import { Keys } from './keys-sheet'
import { OperatorMenu } from './operator-menu'
import { PROJECT } from './project'
import { useCrumbs } from './use-crumbs'
import { ViewingAs } from './viewing-as'

/** Where one is, what is seen and as whom, and what is needed everywhere. */
export function TopBar({ onSearch }: { readonly onSearch: () => void }) {
  return (
    <header className="flex h-11 items-center gap-2 border-b border-line bg-surface px-4 max-sm:px-2">
      <Breadcrumb />
      <ViewingAs />
      <span className="flex-1" />
      {PROJECT.environment !== 'production' && <Badge>{PROJECT.environment}</Badge>}
      <button
        type="button"
        onClick={onSearch}
        className="flex h-8 items-center gap-2 rounded-control border border-control bg-canvas px-2.5 text-text-2 hover:text-text max-lg:hidden"
      >
        <Search aria-hidden="true" size={16} strokeWidth={1.5} />
        Find anything
        <Keys keys="Mod+K" />
      </button>
      <button
        type="button"
        aria-label="Find anything"
        title="Find anything (Ctrl-K)"
        onClick={onSearch}
        className="grid size-8 place-items-center rounded-control text-text-2 hover:bg-sunken hover:text-text max-sm:hidden lg:hidden"
      >
        <Search aria-hidden="true" size={16} strokeWidth={1.5} />
      </button>
      <Bell />
      <OperatorMenu />
    </header>
  )
}

function Breadcrumb() {
  const crumbs = useCrumbs()
  const toast = useToast()
  const copyLink = () =>
    copyText(location.href)
      ? toast({ title: 'Copied the link to this view' })
      : toast({ kind: 'error', title: 'The browser does not allow copying here', description: location.href })
  return (
    <div className="flex min-w-0 items-center gap-1">
      <nav aria-label="Where you are" className="min-w-0">
        <ol className="flex min-w-0 items-center">
          {crumbs.map(({ name, path }, index) => (
            <li
              key={path}
              className={classNames(
                'flex min-w-0 items-center',
                index < crumbs.length - 1 ? 'flex-none max-sm:hidden' : 'min-w-12',
              )}
            >
              {index > 0 && (
                <span aria-hidden="true" className="px-1 text-text-3 max-sm:hidden">
                  /
                </span>
              )}
              <AppLink
                href={path}
                aria-current={index === crumbs.length - 1 ? 'page' : undefined}
                title={name}
                className="truncate rounded-control px-1 py-1 text-text-2 hover:text-text aria-[current=page]:font-medium aria-[current=page]:text-text"
              >
                {name}
              </AppLink>
            </li>
          ))}
        </ol>
      </nav>
      {crumbs.length > 0 && (
        <button
          type="button"
          aria-label="Copy the link to this view"
          title="Copy the link to this view"
          onClick={copyLink}
          className="grid size-7 flex-none place-items-center rounded-control text-text-3 hover:bg-sunken hover:text-text max-sm:hidden"
        >
          <Link2 aria-hidden="true" size={16} strokeWidth={1.5} />
        </button>
      )}
    </div>
  )
}

/** The pages of the area, where there are several. */
export function AreaPages() {
  const { permissions } = useOperator()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const element = useRef<HTMLElement>(null)
  // On a phone not all of them fit: the page that one is on is among those that are seen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each change of the page
  useEffect(() => {
    const [nav, link] = [element.current, element.current?.querySelector<HTMLElement>('[aria-current]')]
    if (nav && link) nav.scrollLeft = link.offsetLeft - nav.offsetLeft - (nav.clientWidth - link.offsetWidth) / 2
  }, [path])
  const area = areasFor(permissions).find(({ pages }) => pages.some(({ to }) => isWithin(path, to)))
  if (area === undefined || area.pages.length < 2) return null
  const current = area.pages.filter(({ to }) => isWithin(path, to)).sort((a, b) => b.to.length - a.to.length)[0]
  return (
    <nav
      ref={element}
      aria-label={area.name}
      className="flex min-w-0 gap-4 overflow-x-auto border-b border-line bg-surface px-4 [scrollbar-width:none] max-sm:px-3"
    >
      {area.pages.map(({ name, to }) => (
        <AppLink
          key={to}
          href={to}
          aria-current={to === current?.to ? 'page' : undefined}
          className="-mb-px border-b-2 border-transparent py-1.5 whitespace-nowrap text-text-2 -outline-offset-2 hover:text-text aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-text max-sm:py-2.5"
        >
          {name}
        </AppLink>
      ))}
    </nav>
  )
}
