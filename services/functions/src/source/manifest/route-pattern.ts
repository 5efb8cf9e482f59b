/** Where a raw function may be called besides /api/functions/:name: `/hooks/stripe`, `/shop/:id`, `/files/*`. */
const SEGMENT = /^(:[a-z][a-z0-9_]*|[A-Za-z0-9._~-]+)$/i
const MAX_LENGTH = 500

/** The server's own. */
const RESERVED_PREFIXES = ['api', '_', 'internal', 'health', 'metrics', '.well-known'] as const

/** Why a path cannot be a route; undefined where it can. */
export function routeProblem(route: string): string | undefined {
  if (!route.startsWith('/') || route.length > MAX_LENGTH) {
    return `a route is a path like /hooks/stripe, not '${route.slice(0, 100)}'`
  }
  const segments = route.slice(1).split('/')
  const [first = ''] = segments
  if (RESERVED_PREFIXES.some((prefix) => prefix === first.toLowerCase())) {
    return `the route '${route}' is under /${first}, which belongs to the server`
  }
  if (first.startsWith(':') || first === '*' || first === '') {
    return `the route '${route}' must begin with a word, like /hooks${first === '' ? '/stripe' : route}`
  }
  for (const [index, segment] of segments.entries()) {
    if (segment === '*' && index === segments.length - 1) continue
    if (segment === '')
      return `the route '${route}' has an empty part: write it without '//' and without '/' at its end`
    if (segment === '.' || segment === '..') return `the route '${route}' must not contain '${segment}'`
    if (segment.includes('*')) return `the route '${route}' may have '*' only as its whole last part`
    if (!SEGMENT.test(segment)) {
      return `'${segment}' in the route '${route}' must be letters, digits and . _ ~ -, or a parameter like :id`
    }
  }
  return undefined
}

/** Two routes of one shape match the same requests. */
export function routeShape(route: string): string {
  return route.replace(/\/:[^/]+/g, '/:')
}
