import { Outlet, useRouter } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { Button } from '../kit/button'
import { EmptyState } from '../kit/states'
import { studioAddress } from '../kit/studio-path'
import { UndoProvider } from '../kit/undo/undo-provider'
import { useOperator, useSession, useSessionState } from '../session/session-context'
import { SignInDialog } from '../session/sign-in-dialog'
import { SignInPage } from '../session/sign-in-page'
import { areasFor } from './areas'
import { BottomBar } from './bottom-bar'
import { KeyboardProvider, type KeyHandlers, useKeys, useListedKeys } from './keyboard'
import type { KeyName } from './keys'
import { KeysSheet } from './keys-sheet'
import { Palette } from './palette/palette'
import { usePreferences } from './preferences'
import { ProductionBand } from './production-band'
import { Rail } from './rail'
import { AreaPages, TopBar } from './top-bar'
import { useDocumentTitle } from './use-crumbs'

/** Everything but setting up: the navigation around a page, or what has to be done first to see it. */
export function Shell() {
  const state = useSessionState()
  const session = useSession()
  switch (state.kind) {
    case 'loading':
      return null
    case 'signed_out':
      return <SignInPage />
    case 'insecure':
      return (
        <EmptyState title="Open the studio over https">
          <p>
            Browsers say which page sends a request only over https, and to this machine: without that, the server
            cannot tell the studio from any other page. Use an https address, or http://localhost on the server itself.
          </p>
        </EmptyState>
      )
    case 'unreachable':
      return (
        <EmptyState title="The server does not answer">
          <p>{state.message}</p>
          <Button onClick={() => void session.load()}>Try again</Button>
        </EmptyState>
      )
    case 'signed_in':
    case 'expired':
      return (
        <Keys>
          <Frame />
          {state.kind === 'expired' && <SignInDialog operator={state.operator} />}
        </Keys>
      )
  }
}

function Keys({ children }: { readonly children: ReactNode }) {
  const { letterKeys } = usePreferences()
  return (
    <KeyboardProvider hasLetters={letterKeys}>
      <UndoProvider>{children}</UndoProvider>
    </KeyboardProvider>
  )
}

/** Off the screen until it has the focus. */
const SKIP =
  'fixed top-0 left-2 z-50 -translate-y-full rounded-control bg-raised px-3 py-2 whitespace-nowrap shadow-float not-focus:shadow-none focus:translate-y-2'

function Frame() {
  const [open, setOpen] = useState<'palette' | 'keys' | null>(null)
  useDocumentTitle()
  useKeys({ palette: () => setOpen('palette'), sheet: () => setOpen('keys'), ...useAreaKeys() })
  useListedKeys(OUT)
  const close = () => setOpen(null)
  return (
    <div className="grid h-full grid-cols-[auto_minmax(0,1fr)] grid-rows-[auto_auto_auto_minmax(0,1fr)] max-sm:grid-cols-[minmax(0,1fr)] max-sm:grid-rows-[auto_auto_auto_minmax(0,1fr)_auto]">
      <a href="#page" className={SKIP}>
        Skip to the page
      </a>
      <div className="col-span-full">
        <ProductionBand />
      </div>
      <Rail />
      <TopBar onSearch={() => setOpen('palette')} />
      <div className="min-w-0">
        <AreaPages />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also for those who have no mouse */}
      <main id="page" tabIndex={0} className="min-w-0 overflow-auto focus-visible:-outline-offset-2">
        <Outlet />
      </main>
      <BottomBar onSearch={() => setOpen('palette')} />
      {open === 'palette' && <Palette onClose={close} onShowKeys={() => setOpen('keys')} />}
      {open === 'keys' && <KeysSheet onClose={close} />}
    </div>
  )
}

const OUT = ['out'] as const satisfies readonly KeyName[]

const AREA_KEYS: Readonly<Record<string, KeyName>> = {
  Home: 'goHome',
  Data: 'goData',
  Schema: 'goSchema',
  SQL: 'goSql',
  Policies: 'goPolicies',
  Users: 'goUsers',
  Functions: 'goFunctions',
  Jobs: 'goJobs',
  Outgoing: 'goOutgoing',
  Observe: 'goObserve',
  Operate: 'goOperate',
  API: 'goApi',
}

/** `g` and a letter, for the areas in which the operator can see something. */
function useAreaKeys(): KeyHandlers {
  const { permissions } = useOperator()
  const router = useRouter()
  return Object.fromEntries(
    areasFor(permissions).flatMap(({ name, pages }) => {
      const key = AREA_KEYS[name]
      const to = pages[0]?.to
      return key === undefined || to === undefined ? [] : [[key, () => router.history.push(studioAddress(to))]]
    }),
  )
}
