import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { shell } from '../../shell/root-route'
import { jobsSearch } from './jobs-search'

const jobs = createRoute({
  getParentRoute: () => shell,
  path: '/jobs',
  validateSearch: jobsSearch,
  component: lazyRouteComponent(() => import('./jobs-page'), 'JobsPage'),
})
const queues = createRoute({
  getParentRoute: () => shell,
  path: '/queues',
  component: lazyRouteComponent(() => import('./queues-page'), 'QueuesPage'),
})
const background = createRoute({
  getParentRoute: () => shell,
  path: '/background',
  component: lazyRouteComponent(() => import('../background/background-page'), 'BackgroundPage'),
})
const tasks = createRoute({
  getParentRoute: () => shell,
  path: '/tasks',
  // Where the server's tasks were alone.
  beforeLoad: () => {
    throw redirect({ to: '/background', replace: true })
  },
})

export const jobsRoutes = [jobs, queues, background, tasks] as const
