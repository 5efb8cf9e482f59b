import { Dialog } from '@base-ui/react/dialog'
import { useRouterState } from '@tanstack/react-router'
import { Ellipsis, Search } from 'lucide-react'
import { useState } from 'react'
import { AppLink } from '../kit/app-link'
import { useOperator } from '../session/session-context'
import { areasFor, isWithin } from './areas'

const ENTRY =
  'flex min-h-12 flex-1 flex-col items-center justify-center gap-1 rounded-control text-xs font-medium text-text-2 -outline-offset-2 data-current:text-link'

/** On a phone, at the bottom: the areas that one looks at on the way, the search, and the rest behind More. */
export function BottomBar({ onSearch }: { readonly onSearch: () => void }) {
  const { permissions } = useOperator()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const areas = areasFor(permissions)
  const link = (wanted: string) => {
    const area = areas.find(({ name }) => name === wanted)
    if (area === undefined) return null
    const { name, icon: Icon, pages } = area
    return (
      <AppLink
        href={pages[0]?.to ?? '/'}
        data-current={pages.some(({ to }) => isWithin(path, to)) || undefined}
        className={ENTRY}
      >
        <Icon aria-hidden="true" size={18} strokeWidth={1.5} />
        {name}
      </AppLink>
    )
  }
  return (
    <nav aria-label="Areas" className="order-last flex border-t border-line bg-surface px-1 sm:hidden">
      {link('Home')}
      {link('Data')}
      <button type="button" onClick={onSearch} className={ENTRY}>
        <Search aria-hidden="true" size={18} strokeWidth={1.5} />
        Search
      </button>
      {link('Observe')}
      <More />
    </nav>
  )
}

/** All pages, by area. */
function More() {
  const { permissions } = useOperator()
  const [isOpen, setOpen] = useState(false)
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Trigger className={ENTRY}>
        <Ellipsis aria-hidden="true" size={18} strokeWidth={1.5} />
        More
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-scrim" />
        <Dialog.Popup className="fixed inset-x-0 bottom-0 z-40 flex max-h-[80dvh] flex-col gap-3 overflow-auto rounded-t-dialog bg-raised p-4 shadow-float outline-none">
          <Dialog.Title className="text-title font-semibold">All pages</Dialog.Title>
          {areasFor(permissions).map(({ name, icon: Icon, pages }) => (
            <section key={name} aria-label={name} className="flex flex-col">
              {pages.map((page, index) => (
                <AppLink
                  key={page.to}
                  href={page.to}
                  onClick={() => setOpen(false)}
                  className="flex min-h-10 items-center gap-3 rounded-control text-md"
                >
                  {index === 0 ? (
                    <Icon aria-hidden="true" size={18} strokeWidth={1.5} className="text-text-3" />
                  ) : (
                    <span className="w-[18px]" />
                  )}
                  {index === 0 && page.name !== name ? `${name}: ${page.name}` : page.name}
                </AppLink>
              ))}
            </section>
          ))}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
