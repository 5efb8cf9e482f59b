import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { readDataSearch } from '../../documents/data-search'
import { shell } from '../../shell/root-route'
import { changesRoute } from '../changes/changes-route'
import { documentRoute } from '../document/document-route'
import { importRoute } from '../import/import-route'

const collections = createRoute({
  getParentRoute: () => shell,
  path: '/data',
  component: lazyRouteComponent(() => import('./collections-page'), 'CollectionsPage'),
})

const documents = createRoute({
  getParentRoute: () => shell,
  path: '/data/$collection',
  validateSearch: readDataSearch,
  component: lazyRouteComponent(() => import('./documents-page'), 'DocumentsPage'),
})

export const dataRoutes = [collections, changesRoute, documents, importRoute, documentRoute] as const
