import { useRouterState } from '@tanstack/react-router'
import { PanelLeftClose, PanelLeftOpen } from 'lucide-react'
import { useState } from 'react'
import { AppLink } from '../kit/app-link'
import { classNames } from '../kit/class-names'
import { useOperator } from '../session/session-context'
import { areasFor, isWithin } from './areas'
import { isRailNarrow, setRailNarrow } from './rail-width'

/** The areas, at the left: with words, or as icons. Phones have the bottom bar. */
export function Rail() {
  const { permissions } = useOperator()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const [isNarrow, setNarrow] = useState(isRailNarrow)
  function toggle(): void {
    setRailNarrow(!isNarrow)
    setNarrow(!isNarrow)
  }
  const Toggle = isNarrow ? PanelLeftOpen : PanelLeftClose
  const label = isNarrow ? 'Show the names of the areas' : 'Show icons only'
  return (
    <nav
      aria-label="Areas"
      className={classNames(
        'row-span-3 flex flex-col gap-0.5 overflow-y-auto border-r border-line bg-surface px-1 py-2 [scrollbar-width:none] max-sm:hidden',
        isNarrow ? 'w-12' : 'w-[72px]',
      )}
    >
      {areasFor(permissions).map(({ name, icon: Icon, pages }) => (
        <AppLink
          key={name}
          href={pages[0]?.to ?? '/'}
          aria-label={name}
          title={isNarrow ? name : undefined}
          data-current={pages.some(({ to }) => isWithin(path, to)) || undefined}
          className="flex min-h-9 flex-none flex-col items-center justify-center gap-1 rounded-control px-1 py-1.5 text-xs font-medium text-text-2 -outline-offset-2 hover:bg-sunken hover:text-text data-current:bg-accent-soft data-current:text-link"
        >
          <Icon aria-hidden="true" size={16} strokeWidth={1.5} />
          {!isNarrow && name}
        </AppLink>
      ))}
      <span className="flex-1" />
      <button
        type="button"
        aria-label={label}
        title={label}
        onClick={toggle}
        className="grid h-8 flex-none place-items-center rounded-control text-text-3 -outline-offset-2 hover:bg-sunken hover:text-text"
      >
        <Toggle aria-hidden="true" size={16} strokeWidth={1.5} />
      </button>
    </nav>
  )
}
