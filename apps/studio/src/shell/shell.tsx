import { Outlet } from '@tanstack/react-router'
import { Button } from '../kit/button'
import { EmptyState } from '../kit/states'
import { useSession, useSessionState } from '../session/session-context'
import { SignInDialog } from '../session/sign-in-dialog'
import { SignInPage } from '../session/sign-in-page'
import { Rail } from './rail'
import { TopBar } from './top-bar'

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
        <div className="grid h-full grid-cols-[auto_1fr] grid-rows-[auto_1fr] max-sm:grid-cols-1 max-sm:grid-rows-[auto_1fr_auto]">
          <a
            href="#page"
            className="absolute z-50 -translate-y-20 rounded-control bg-raised px-3 py-2 shadow-float focus:translate-y-2"
          >
            Skip to the page
          </a>
          <Rail />
          <TopBar />
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also for those who have no mouse */}
          <main id="page" tabIndex={0} className="min-w-0 overflow-auto focus-visible:-outline-offset-2">
            <Outlet />
          </main>
          {state.kind === 'expired' && <SignInDialog operator={state.operator} />}
        </div>
      )
  }
}
