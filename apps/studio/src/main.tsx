import './without-eval'
import { CSPProvider } from '@base-ui/react/csp-provider'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ToastProvider } from './kit/toast'
import { createQueryClient } from './query-client'
import { createStudioRouter } from './router'
import { OperatorSession } from './session/operator-session'
import { SessionProvider } from './session/session-context'
import { applyScheme } from './shell/color-scheme'
import './styles.css'

const root = document.getElementById('studio')
if (root === null) throw new Error('the page has no #studio')
applyScheme()
const session = new OperatorSession()
void session.load()

createRoot(root).render(
  <StrictMode>
    {/* Our policy allows no style elements; theirs are in styles.css. */}
    <CSPProvider disableStyleElements>
      <SessionProvider session={session}>
        <QueryClientProvider client={createQueryClient()}>
          <ToastProvider>
            <RouterProvider router={createStudioRouter()} />
          </ToastProvider>
        </QueryClientProvider>
      </SessionProvider>
    </CSPProvider>
  </StrictMode>,
)
