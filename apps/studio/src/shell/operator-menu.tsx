import { Menu } from '@base-ui/react/menu'
import { useRouter } from '@tanstack/react-router'
import { ChevronDown, CircleUserRound } from 'lucide-react'
import { useState } from 'react'
import { studioAddress } from '../kit/studio-path'
import { useToast } from '../kit/toast'
import { messageOf } from '../session/operator-session'
import { useOperator, useSession } from '../session/session-context'
import { type ColorScheme, colorScheme, setColorScheme } from './color-scheme'

const SCHEMES: readonly (readonly [ColorScheme, string])[] = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
]
const ITEM =
  'flex w-full items-center gap-2 rounded-control px-2 py-1.5 text-left data-highlighted:bg-sunken outline-none'

/** Who is signed in, and what is theirs. */
export function OperatorMenu() {
  const { email, role } = useOperator()
  const session = useSession()
  const router = useRouter()
  const toast = useToast()
  const [scheme, setScheme] = useState(colorScheme)
  const signOut = () =>
    session.signOut().catch((error: unknown) => {
      toast({ kind: 'error', title: 'Not signed out', description: messageOf(error) })
    })
  return (
    <Menu.Root>
      <Menu.Trigger
        title={email}
        className="flex min-w-0 items-center justify-center gap-1.5 rounded-control px-2 py-1 text-text-2 hover:bg-sunken hover:text-text max-sm:size-10 max-sm:flex-none max-sm:p-0"
      >
        <CircleUserRound aria-hidden="true" size={18} strokeWidth={1.5} className="flex-none sm:hidden" />
        <span className="truncate max-lg:max-w-[160px] max-sm:sr-only">{email}</span>
        <ChevronDown aria-hidden="true" size={16} strokeWidth={1.5} className="flex-none max-sm:hidden" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={6} className="z-30">
          <Menu.Popup className="min-w-[220px] rounded-panel border border-line bg-raised p-1 shadow-float outline-none transition-opacity duration-[120ms] data-ending-style:opacity-0 data-starting-style:opacity-0">
            <p className="px-2 py-1.5 text-sm break-words text-text-3">
              {email}, {role}
            </p>
            <Menu.Item className={ITEM} onClick={() => router.history.push(studioAddress('/account'))}>
              Your account
            </Menu.Item>
            <Menu.RadioGroup
              aria-label="Colours"
              value={scheme}
              onValueChange={(value: ColorScheme) => {
                setColorScheme(value)
                setScheme(value)
              }}
              className="my-1 border-y border-line py-1"
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
            <Menu.Item className={ITEM} onClick={() => void signOut()}>
              Sign out
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
