import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { HomePage } from './pages/home-page'
import { NotFoundPage } from './pages/not-found-page'
import { SetupPage } from './pages/setup-page'
import { BrokenPage } from './shell/broken-page'
import { Shell } from './shell/shell'

const root = createRootRoute()
const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell })
const setup = createRoute({ getParentRoute: () => root, path: '/setup', component: SetupPage })
const home = createRoute({ getParentRoute: () => shell, path: '/', component: HomePage })

/** Pages that only some visits open are loaded when they are. */
const users = createRoute({
  getParentRoute: () => shell,
  path: '/users',
  validateSearch: ({
    q,
    user,
  }: Record<string, unknown>): { readonly q: string; readonly user?: string | undefined } => ({
    q: typeof q === 'string' ? q : '',
    ...(typeof user === 'string' && { user }),
  }),
  component: lazyRouteComponent(() => import('./pages/users-page'), 'UsersPage'),
})
const operators = createRoute({
  getParentRoute: () => shell,
  path: '/operators',
  component: lazyRouteComponent(() => import('./pages/operators-page'), 'OperatorsPage'),
})
const keys = createRoute({
  getParentRoute: () => shell,
  path: '/keys',
  component: lazyRouteComponent(() => import('./pages/keys-page'), 'KeysPage'),
})

/** In the shell: who is not signed in is asked to do so first. */
const unknown = createRoute({ getParentRoute: () => shell, path: '$', component: NotFoundPage })

export function createStudioRouter() {
  return createRouter({
    routeTree: root.addChildren([setup, shell.addChildren([home, users, operators, keys, unknown])]),
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
