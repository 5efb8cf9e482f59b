import { Keyboard, Lock, LockOpen, LogOut, Moon, Sun, UserRound } from 'lucide-react'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useOperator, useSession } from '../../session/session-context'
import { setColorScheme } from '../color-scheme'
import { useEditingLock } from '../editing-lock'
import { PROJECT } from '../project'
import type { PaletteItem } from './palette-item'

/** What can be done from everywhere. */
export function useActionItems(onShowKeys: () => void): readonly PaletteItem[] {
  const session = useSession()
  const { role } = useOperator()
  const { isLocked, unlock, lock } = useEditingLock()
  const toast = useToast()
  const attempt = (what: string, run: () => Promise<unknown>) => () =>
    void run().catch((error: unknown) => toast({ kind: 'error', title: what, description: messageOf(error) }))
  const action = (title: string, icon: PaletteItem['icon'], run: () => void): PaletteItem => ({
    id: `action ${title}`,
    group: 'Actions',
    title,
    icon,
    run,
  })
  const ofLock = isLocked
    ? action('Unlock editing for 15 minutes', LockOpen, attempt('Editing was not unlocked', unlock))
    : action('Lock editing', Lock, attempt('Editing was not locked', lock))
  return [
    { id: 'page /account', group: 'Pages', title: 'Your account', icon: UserRound, href: '/account' },
    action('Show the keys', Keyboard, onShowKeys),
    action('Dark colours', Moon, () => setColorScheme('dark')),
    action('Light colours', Sun, () => setColorScheme('light')),
    action('Colours as the system', Sun, () => setColorScheme('system')),
    ...(PROJECT.environment === 'production' && role !== 'viewer' ? [ofLock] : []),
    action(
      'Sign out',
      LogOut,
      attempt('Not signed out', () => session.signOut()),
    ),
  ]
}
