import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { HomePage } from './pages/home-page'
import { NotFoundPage } from './pages/not-found-page'
import { SetupPage } from './pages/setup-page'
import { BrokenPage } from './shell/broken-page'
import { Shell } from './shell/shell'

const root = createRootRoute()
const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell })
const setup = createRoute({ getParentRoute: () => root, path: '/setup', component: SetupPage })
const home = createRoute({ getParentRoute: () => shell, path: '/', component: HomePage })

/** In the shell: who is not signed in is asked to do so first. */
const unknown = createRoute({ getParentRoute: () => shell, path: '$', component: NotFoundPage })

export function createStudioRouter() {
  return createRouter({
    routeTree: root.addChildren([setup, shell.addChildren([home, unknown])]),
    basepath: '/_',
    defaultPreload: 'intent',
    defaultErrorComponent: BrokenPage,
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createStudioRouter>
  }
}
