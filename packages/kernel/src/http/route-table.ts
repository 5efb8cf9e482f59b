import { RegExpRouter } from 'hono/router/reg-exp-router'
import { SmartRouter } from 'hono/router/smart-router'
import { TrieRouter } from 'hono/router/trie-router'
import type { Route } from './route'

/** All routes of one path. */
interface Entry<T> {
  readonly path: string
  readonly methods: Map<string, T>
}

export type RouteMatch<T> =
  /** `segments[params[name]]` is the still encoded value of a parameter. */
  | {
      readonly kind: 'found'
      readonly target: T
      readonly params: Readonly<Record<string, number | string>>
      readonly segments: readonly string[] | null
    }
  | { readonly kind: 'other_methods'; readonly allow: string }
  | { readonly kind: 'unknown' }

const UNKNOWN: RouteMatch<never> = { kind: 'unknown' }

export interface RouteTable<T> {
  match(method: string, path: string): RouteMatch<T>
}

/**
 * Finds the route of a path. Routes are kept by path, with their methods inside, so that a known path with another method
 * can be told from an unknown one. Of several that match, the first in the list wins: put the literal ones first.
 */
export function createRouteTable<T>(routes: readonly Route[], target: (route: Route) => T): RouteTable<T> {
  const router = new SmartRouter<Entry<T>>({ routers: [new RegExpRouter(), new TrieRouter()] })
  const entries = new Map<string, Entry<T>>()
  for (const route of routes) {
    let entry = entries.get(route.path)
    if (entry === undefined) {
      entry = { path: route.path, methods: new Map() }
      entries.set(route.path, entry)
      router.add('ALL', route.path, entry)
    }
    if (entry.methods.has(route.method)) throw new Error(`two routes for ${route.method} ${route.path}`)
    entry.methods.set(route.method, target(route))
  }
  return {
    match(method, path) {
      const [matches, segments] = router.match('ALL', path)
      if (matches.length === 0) return UNKNOWN
      const wanted = method === 'HEAD' ? 'GET' : method
      for (const [entry, params] of matches) {
        const found = entry.methods.get(wanted)
        if (found !== undefined) return { kind: 'found', target: found, params, segments: segments ?? null }
      }
      return { kind: 'other_methods', allow: allowed(matches.map(([entry]) => entry)) }
    },
  }
}

function allowed(entries: readonly Entry<unknown>[]): string {
  const methods = new Set(entries.flatMap((entry) => [...entry.methods.keys()]))
  if (methods.has('GET')) methods.add('HEAD')
  methods.add('OPTIONS')
  return [...methods].toSorted().join(', ')
}
