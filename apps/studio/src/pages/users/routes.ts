import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { newSearch } from '../../kit/use-new-in-address'
import { shell } from '../../shell/root-route'
import { type UserSort, userSort } from './user-sort'

interface UsersSearch {
  readonly q: string
  readonly sort?: UserSort | undefined
  readonly user?: string | undefined
  readonly new?: true | undefined
}

const users = createRoute({
  getParentRoute: () => shell,
  path: '/users',
  validateSearch: (search: Record<string, unknown>): UsersSearch => ({
    q: typeof search.q === 'string' || typeof search.q === 'number' ? String(search.q) : '',
    ...(userSort(search.sort) !== undefined && { sort: userSort(search.sort) }),
    ...(typeof search.user === 'string' && { user: search.user }),
    ...newSearch(search),
  }),
  component: lazyRouteComponent(() => import('../users-page'), 'UsersPage'),
})

/** A user's own address leads to the list with them beside it. */
const user = createRoute({
  getParentRoute: () => shell,
  path: '/users/$id',
  beforeLoad({ params }) {
    throw redirect({ to: '/users', search: { q: '', user: params.id }, replace: true })
  },
})

export const usersRoutes = [users, user] as const
