import { createRoute, createRouter } from '@tanstack/react-router'
import { studioPath } from './kit/studio-path'
import { accessRoutes } from './pages/access/routes'
import { apiRoutes } from './pages/api/routes'
import { dataRoutes } from './pages/data/routes'
import { functionsRoutes } from './pages/functions/routes'
import { HomePage } from './pages/home-page'
import { jobsRoutes } from './pages/jobs/routes'
import { NotFoundPage } from './pages/not-found-page'
import { observeRoutes } from './pages/observe/routes'
import { operateRoutes } from './pages/operate/routes'
import { outgoingRoutes } from './pages/outgoing/routes'
import { policiesRoutes } from './pages/policies/routes'
import { schemaRoutes } from './pages/schema/routes'
import { SetupPage } from './pages/setup-page'
import { sqlRoutes } from './pages/sql/routes'
import { usersRoutes } from './pages/users/routes'
import { BrokenPage } from './shell/broken-page'
import { root, shell } from './shell/root-route'

const setup = createRoute({ getParentRoute: () => root, path: '/setup', component: SetupPage })
const home = createRoute({ getParentRoute: () => shell, path: '/', component: HomePage })
const unknown = createRoute({ getParentRoute: () => shell, path: '$', component: NotFoundPage })

/** What only some visits open is loaded when it is. */
const pages = shell.addChildren([
  home,
  ...dataRoutes,
  ...schemaRoutes,
  ...sqlRoutes,
  ...policiesRoutes,
  ...usersRoutes,
  ...accessRoutes,
  ...functionsRoutes,
  ...jobsRoutes,
  ...outgoingRoutes,
  ...observeRoutes,
  ...operateRoutes,
  ...apiRoutes,
  unknown,
])

export function createStudioRouter() {
  return createRouter({
    routeTree: root.addChildren([setup, pages]),
    basepath: studioPath(),
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
