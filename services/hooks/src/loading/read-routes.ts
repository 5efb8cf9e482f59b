import { type CodeProblem, type CodeSchema, didYouMean } from '@koyalite/contracts'
import type { HttpMethod } from '@koyalite/kernel'
import type { Hook } from './read-definition'
import { extension, isObject, type ReadingExtensions } from './read-extensions'

/** A route of the project's own. */
export interface CustomRoute {
  readonly method: Exclude<HttpMethod, 'OPTIONS'>
  /** `/api/x/invoices/:id` */
  readonly path: string
  /** The same for routes that match the same requests. */
  readonly shape: string
  /** CEL over `auth` and `request`; null: nobody but who may everything. */
  readonly access: string | null
  readonly input: CodeSchema | null
  readonly output: CodeSchema | null
  readonly position: CodeProblem['position']
}

const KEYS = ['method', 'path', 'access', 'input', 'output', 'handler']
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
const WITH_BODY: readonly string[] = ['POST', 'PUT', 'PATCH']
const PREFIX = '/api/x/'
const SEGMENT = /^(:[a-z][a-z0-9_]*|[a-z0-9][a-z0-9_-]*)$/i
const MAX_LENGTH = 500
const EXAMPLE = "[{ method: 'GET', path: '/api/x/hello/:name', access: 'true', handler(ctx, request) { … } }]"

/** The routes of a file; what is wrong with them is reported. */
export function readRoutes(value: unknown, reading: ReadingExtensions): readonly Hook[] {
  if (!Array.isArray(value)) {
    const hooks = 'hooks of a collection with this name stand under `collections: { routes: { … } }`'
    reading.wrong('routes', `'routes' must be a list, like ${EXAMPLE}; ${hooks}`)
    return []
  }
  return value.flatMap((route: unknown) => readRoute(route, reading) ?? [])
}

function readRoute(route: unknown, reading: ReadingExtensions): Hook | null {
  const { file, wrong } = reading
  const refused = (name: string, message: string) => {
    wrong(name, message)
    return null
  }
  if (!isObject(route)) return refused('routes', `a route must be an object, like ${EXAMPLE}`)
  const { method, path, access, input, output, handler } = route
  if (typeof path !== 'string') return refused('routes', "a route has no 'path': it is one like '/api/x/hello/:name'")
  const problem = pathProblem(path)
  if (problem !== null) return refused(path, problem)
  const unknown = Object.keys(route).find((key) => !KEYS.includes(key))
  if (unknown !== undefined)
    return refused(unknown, `unknown key '${unknown}' in the route ${path}${didYouMean(unknown, KEYS)}`)
  const known = METHODS.find((one) => one === method)
  if (known === undefined)
    return refused(path, `the method of ${path} must be ${METHODS.join(', ')}, not ${shown(method)}`)
  const name = `${known} ${path}`
  if (typeof handler !== 'function') return refused(path, `${name} needs a function: handler(ctx, request) { … }`)
  if (access !== undefined && (typeof access !== 'string' || access.trim() === ''))
    return refused(path, `'access' of ${name} must be an expression in quotes, like "auth.role == 'editor'" or 'true'`)
  if (input !== undefined && !WITH_BODY.includes(known))
    return refused(path, `${name} has no body, so that it cannot have 'input': read request.params and request.query`)
  const compiled = access === undefined ? null : reading.doors.access(access)
  if (compiled?.ok === false) return refused(path, `${name}: ${compiled.problems.join('; ')}`)
  const [takes, returns] = [schemaOf(input, 'input', reading), schemaOf(output, 'output', reading)]
  const problems = [takes, returns].flatMap((one) => (one?.ok === false ? one.problems : []))
  if (problems.length > 0) return refused(path, `${name}: ${problems.join('; ')}`)
  return {
    ...extension('route', name, file, handler),
    route: {
      ...{ method: known, path, shape: `${known} ${path.replace(/\/:[^/]+/g, '/:')}`, access: access ?? null },
      input: takes?.ok === true ? takes.schema : null,
      output: returns?.ok === true ? returns.schema : null,
      position: reading.placeOf(path),
    },
  }
}

function schemaOf(written: unknown, role: 'input' | 'output', { doors }: ReadingExtensions) {
  return written === undefined ? null : doors.schema(written, role)
}

function pathProblem(path: string): string | null {
  const segments = path.slice(PREFIX.length).split('/')
  if (!path.startsWith(PREFIX) || path.length > MAX_LENGTH)
    return `the path of a route begins with ${PREFIX}, like ${PREFIX}hello: ${shown(path)} does not, and others belong to the server`
  const wrong = segments.find((segment) => !SEGMENT.test(segment))
  if (wrong !== undefined)
    return `${shown(wrong)} in the path ${shown(path)} must be letters, digits, - and _, or a parameter like :id`
  const parameters = segments.filter((segment) => segment.startsWith(':'))
  const twice = parameters.find((one, index) => parameters.indexOf(one) !== index)
  return twice === undefined ? null : `the path ${path} has the parameter ${twice} twice`
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value.slice(0, 100)}'` : value === undefined ? 'nothing' : `a ${typeof value}`
}
