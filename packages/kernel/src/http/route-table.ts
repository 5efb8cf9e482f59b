import type { Route } from './route'

export type RouteMatch<T> =
  /** `values[n]` is the still encoded value of the parameter `names[n]`. */
  | {
      readonly kind: 'found'
      readonly target: T
      readonly names: readonly string[]
      readonly values: readonly string[]
    }
  | { readonly kind: 'other_methods'; readonly allow: string }
  | { readonly kind: 'unknown' }

export interface RouteTable<T> {
  match(method: string, path: string): RouteMatch<T>
}

/**
 * Finds the route of a path in one walk along it. Methods are looked up last, so that a known path with another
 * method can be distinguished from an unknown one.
 * A literal segment wins over a parameter, and a parameter over `*`; where the better match lacks the method, the
 * next one is taken.
 * @throws Error for two routes that nothing tells apart
 */
export function createRouteTable<T>(routes: readonly Route[], target: (route: Route) => T): RouteTable<T> {
  const root = new Branch<T>()
  for (const route of routes) {
    const names: string[] = []
    let branch = root
    for (const segment of route.path.slice(1).split('/')) {
      if (segment.startsWith(':')) names.push(segment.slice(1))
      branch = branch.grow(segment)
    }
    if (branch.methods.has(route.method)) throw new Error(`two routes for ${route.method} ${route.path}`)
    branch.methods.set(route.method, { target: target(route), names })
  }
  return {
    match(method, path) {
      if (!path.startsWith('/')) return UNKNOWN
      const values: string[] = []
      const wanted = method === 'HEAD' ? 'GET' : method
      const found = find(root, { path, values, accepts: (branch) => branch.methods.get(wanted) }, 1)
      if (found !== undefined) return { kind: 'found', target: found.target, names: found.names, values }
      const others = new Set<string>()
      const collect = (branch: Branch<T>) => {
        for (const other of branch.methods.keys()) others.add(other)
        return undefined
      }
      find(root, { path, values, accepts: collect }, 1)
      return others.size === 0 ? UNKNOWN : { kind: 'other_methods', allow: allowed(others) }
    },
  }
}

const UNKNOWN: RouteMatch<never> = { kind: 'unknown' }

interface Leaf<T> {
  readonly target: T
  readonly names: readonly string[]
}

/** What may follow a beginning of paths. */
class Branch<T> {
  readonly methods = new Map<string, Leaf<T>>()
  readonly literals = new Map<string, Branch<T>>()
  parameter: Branch<T> | null = null
  rest: Branch<T> | null = null

  grow(segment: string): Branch<T> {
    if (segment.startsWith(':')) {
      this.parameter ??= new Branch()
      return this.parameter
    }
    if (segment === '*') {
      this.rest ??= new Branch()
      return this.rest
    }
    const branch = this.literals.get(segment) ?? new Branch<T>()
    this.literals.set(segment, branch)
    return branch
  }
}

interface Walk<T> {
  readonly path: string
  /** Of the parameters passed so far. */
  readonly values: string[]
  /** Asked of every branch that the whole path leads to, the best first, until it returns something. */
  accepts(branch: Branch<T>): Leaf<T> | undefined
}

/** @param start where in the path the next segment begins */
function find<T>(branch: Branch<T>, walk: Walk<T>, start: number): Leaf<T> | undefined {
  const { path, values } = walk
  const slash = path.indexOf('/', start)
  const segment = slash === -1 ? path.slice(start) : path.slice(start, slash)
  const literal = branch.literals.get(segment)
  const found = literal === undefined ? undefined : follow(literal, walk, slash)
  if (found !== undefined) return found
  if (branch.parameter !== null && segment !== '') {
    values.push(segment)
    const leaf = follow(branch.parameter, walk, slash)
    if (leaf !== undefined) return leaf
    values.pop()
  }
  return branch.rest === null ? undefined : walk.accepts(branch.rest)
}

function follow<T>(branch: Branch<T>, walk: Walk<T>, slash: number): Leaf<T> | undefined {
  return slash === -1 ? walk.accepts(branch) : find(branch, walk, slash + 1)
}

function allowed(methods: Set<string>): string {
  if (methods.has('GET')) methods.add('HEAD')
  methods.add('OPTIONS')
  return [...methods].toSorted().join(', ')
}
