import { Link, useRouterState } from '@tanstack/react-router'
import { useOperator } from '../session/session-context'
import { areasFor, isWithin } from './areas'

/** The areas: at the left, on a phone at the bottom. */
export function Rail() {
  const { permissions } = useOperator()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  return (
    <nav
      aria-label="Areas"
      className="row-span-2 flex w-[76px] flex-col gap-1 border-r border-line bg-surface px-1.5 py-2 max-sm:order-last max-sm:row-span-1 max-sm:w-auto max-sm:flex-row max-sm:justify-around max-sm:border-t max-sm:border-r-0"
    >
      {areasFor(permissions).map(({ name, icon: Icon, pages }) => (
        <Link
          key={name}
          to={pages[0]?.to ?? '/'}
          data-current={pages.some(({ to }) => isWithin(path, to)) || undefined}
          className="flex flex-col items-center gap-1 rounded-control px-1 py-2 text-xs font-medium text-text-2 hover:bg-sunken hover:text-text data-current:bg-accent-soft data-current:text-link"
        >
          <Icon aria-hidden="true" size={16} strokeWidth={1.5} />
          {name}
        </Link>
      ))}
    </nav>
  )
}
