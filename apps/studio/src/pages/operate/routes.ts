import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { shell } from '../../shell/root-route'

const operate = createRoute({
  getParentRoute: () => shell,
  path: '/operate',
  beforeLoad: () => {
    throw redirect({ to: '/operate/backups', replace: true })
  },
})
const backups = createRoute({
  getParentRoute: () => shell,
  path: '/operate/backups',
  component: lazyRouteComponent(() => import('./backups-page'), 'BackupsPage'),
})
const settings = createRoute({
  getParentRoute: () => shell,
  path: '/operate/settings',
  validateSearch: ({ q }: Record<string, unknown>): { readonly q?: string } =>
    typeof q === 'string' && q !== '' ? { q } : {},
  component: lazyRouteComponent(() => import('./settings-page'), 'SettingsPage'),
})
const health = createRoute({
  getParentRoute: () => shell,
  path: '/operate/health',
  component: lazyRouteComponent(() => import('./health-page'), 'HealthPage'),
})
const tasks = createRoute({
  getParentRoute: () => shell,
  path: '/operate/tasks',
  // Where it was before there were jobs.
  beforeLoad: () => {
    throw redirect({ to: '/background', replace: true })
  },
})
const history = createRoute({
  getParentRoute: () => shell,
  path: '/operate/history',
  component: lazyRouteComponent(() => import('./history-page'), 'HistoryPage'),
})

export const operateRoutes = [operate, backups, settings, health, tasks, history] as const
