import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shell } from '../../shell/root-route'
import { executionsSearch } from '../executions/executions-search'
import { schedulesSearch } from '../schedules/schedules-search'
import { functionSearch } from './functions-search'

const functions = createRoute({
  getParentRoute: () => shell,
  path: '/functions',
  component: lazyRouteComponent(() => import('./functions-page'), 'FunctionsPage'),
})
const one = createRoute({
  getParentRoute: () => shell,
  path: '/functions/$name',
  validateSearch: functionSearch,
  component: lazyRouteComponent(() => import('./function-page'), 'FunctionPage'),
})
const hooks = createRoute({
  getParentRoute: () => shell,
  path: '/hooks',
  component: lazyRouteComponent(() => import('../hooks/hooks-page'), 'HooksPage'),
})
const executions = createRoute({
  getParentRoute: () => shell,
  path: '/executions',
  validateSearch: executionsSearch,
  component: lazyRouteComponent(() => import('../executions/executions-page'), 'ExecutionsPage'),
})

const schedules = createRoute({
  getParentRoute: () => shell,
  path: '/schedules',
  validateSearch: schedulesSearch,
  component: lazyRouteComponent(() => import('../schedules/schedules-page'), 'SchedulesPage'),
})
const events = createRoute({
  getParentRoute: () => shell,
  path: '/events',
  component: lazyRouteComponent(() => import('../events/events-page'), 'EventsPage'),
})

export const functionsRoutes = [functions, one, hooks, executions, schedules, events] as const
