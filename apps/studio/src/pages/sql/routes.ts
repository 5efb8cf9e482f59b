import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shell } from '../../shell/root-route'

const component = lazyRouteComponent(() => import('./sql-page'), 'SqlPage')

const validateSearch = ({ tab }: Record<string, unknown>): { readonly tab?: string } =>
  typeof tab === 'string' && /^[\w-]{1,64}$/.test(tab) ? { tab } : {}

/** What is being written: `tab` is one of the open ones. */
const console = createRoute({ getParentRoute: () => shell, path: '/sql', validateSearch, component })

/** A saved query. */
const query = createRoute({ getParentRoute: () => shell, path: '/sql/$query', validateSearch, component })

export const sqlRoutes = [console, query] as const
