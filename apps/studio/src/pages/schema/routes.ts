import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { newSearch } from '../../kit/use-new-in-address'
import { shell } from '../../shell/root-route'
import { diagramSearch } from '../schema-diagram/diagram-search'
import { collectionSearch, yamlSearch } from './schema-search'

const schema = createRoute({
  getParentRoute: () => shell,
  path: '/schema',
  component: lazyRouteComponent(() => import('./schema-layout'), 'SchemaLayout'),
})
const collections = createRoute({
  getParentRoute: () => schema,
  path: '/',
  validateSearch: newSearch,
  component: lazyRouteComponent(() => import('./collections-page'), 'CollectionsPage'),
})
const collection = createRoute({
  getParentRoute: () => schema,
  path: '$collection',
  validateSearch: collectionSearch,
  component: lazyRouteComponent(() => import('../schema-collection/collection-page'), 'CollectionPage'),
})
const types = createRoute({
  getParentRoute: () => schema,
  path: 'types',
  component: lazyRouteComponent(() => import('../schema-types/types-page'), 'TypesPage'),
})
const yaml = createRoute({
  getParentRoute: () => schema,
  path: 'yaml',
  validateSearch: yamlSearch,
  component: lazyRouteComponent(() => import('../schema-yaml/yaml-page'), 'YamlPage'),
})
const diagram = createRoute({
  getParentRoute: () => schema,
  path: 'diagram',
  validateSearch: diagramSearch,
  component: lazyRouteComponent(() => import('../schema-diagram/diagram-page'), 'DiagramPage'),
})
const plan = createRoute({
  getParentRoute: () => schema,
  path: 'plan',
  component: lazyRouteComponent(() => import('../schema-plan/plan-page'), 'PlanPage'),
})
const migrations = createRoute({
  getParentRoute: () => schema,
  path: 'migrations',
  component: lazyRouteComponent(() => import('../schema-migrations/migrations-page'), 'MigrationsPage'),
})
const migration = createRoute({
  getParentRoute: () => schema,
  path: 'migrations/$id',
  component: lazyRouteComponent(() => import('../schema-migrations/migration-page'), 'MigrationPage'),
})

export const schemaRoutes = [
  schema.addChildren([collections, types, yaml, diagram, plan, migrations, migration, collection]),
] as const
