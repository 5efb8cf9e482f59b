import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shell } from '../../shell/root-route'
import { type DocumentTab, isTab } from './document-search'

export const documentRoute = createRoute({
  getParentRoute: () => shell,
  path: '/data/$collection/$key',
  validateSearch: ({ tab }: Record<string, unknown>): { readonly tab?: DocumentTab } => (isTab(tab) ? { tab } : {}),
  component: lazyRouteComponent(() => import('./document-page'), 'DocumentPage'),
})
