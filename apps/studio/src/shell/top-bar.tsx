import { Menu } from '@base-ui/react/menu'
import { Link, useRouterState } from '@tanstack/react-router'
import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import { useToast } from '../kit/toast'
import { messageOf } from '../session/operator-session'
import { useOperator, useSession } from '../session/session-context'
import { areasFor, isWithin } from './areas'
import { type ColorScheme, colorScheme, setColorScheme } from './color-scheme'

const SCHEMES: readonly (readonly [ColorScheme, string])[] = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
]
const ITEM =
  'flex w-full items-center gap-2 rounded-control px-2 py-1.5 text-left data-highlighted:bg-sunken outline-none'

export function TopBar() {
  return (
    <header className="flex h-11 items-center gap-3 border-b border-line bg-surface px-4">
      <a href="/_/" className="font-semibold max-sm:hidden">
        KoyaLite
      </a>
      <AreaPages />
      <span className="flex-1" />
      <OperatorMenu />
    </header>
  )
}

/** The pages of the area, where there are several. */
function AreaPages() {
  const { permissions } = useOperator()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const area = areasFor(permissions).find(({ pages }) => pages.some(({ to }) => isWithin(path, to)))
  if (area === undefined || area.pages.length < 2) return null
  return (
    <nav aria-label={area.name} className="flex min-w-0 gap-1 overflow-x-auto">
      {area.pages.map(({ name, to }) => (
        <Link
          key={to}
          to={to}
          className="rounded-control px-2.5 py-1 whitespace-nowrap text-text-2 hover:bg-sunken hover:text-text data-[status=active]:bg-sunken data-[status=active]:font-medium data-[status=active]:text-text"
        >
          {name}
        </Link>
      ))}
    </nav>
  )
}

function OperatorMenu() {
  const { email, role } = useOperator()
  const session = useSession()
  const toast = useToast()
  const [scheme, setScheme] = useState(colorScheme)
  const signOut = () =>
    session.signOut().catch((error: unknown) => {
      toast({ kind: 'error', title: 'Not signed out', description: messageOf(error) })
    })
  return (
    <Menu.Root>
      <Menu.Trigger className="flex min-w-0 items-center gap-1.5 rounded-control px-2 py-1 text-text-2 hover:bg-sunken hover:text-text">
        <span className="truncate max-sm:max-w-[120px]">{email}</span>
        <ChevronDown aria-hidden="true" size={16} strokeWidth={1.5} className="flex-none" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={6} className="z-30">
          <Menu.Popup className="min-w-[200px] rounded-panel border border-line bg-raised p-1 shadow-float outline-none transition-opacity duration-[120ms] data-ending-style:opacity-0 data-starting-style:opacity-0">
            <p className="px-2 py-1.5 text-sm text-text-3">
              {email}, {role}
            </p>
            <Menu.RadioGroup
              aria-label="Colours"
              value={scheme}
              onValueChange={(value: ColorScheme) => {
                setColorScheme(value)
                setScheme(value)
              }}
              className="border-y border-line py-1"
            >
              {SCHEMES.map(([value, name]) => (
                <Menu.RadioItem key={value} value={value} closeOnClick={false} className={ITEM}>
                  <span aria-hidden="true" className="w-4 text-center text-link">
                    {value === scheme ? '✓' : ''}
                  </span>
                  {name}
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
            <Menu.Item className={`${ITEM} mt-1`} onClick={() => void signOut()}>
              Sign out
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
