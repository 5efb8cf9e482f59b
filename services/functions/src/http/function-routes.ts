import { byRules, OPERATORS_DATA } from '@koyalite/access'
import { type Actor, AppError } from '@koyalite/contracts'
import type { HttpMethod, Route } from '@koyalite/kernel'
import { functionNotFound, mayInvoke } from '../calls/may-call'
import type { FunctionSet } from '../versions/function-set'
import type { LoadedFunction } from '../versions/loaded-function'
import { within } from '../within'
import { CALLED_BY_NAME, CALLED_BY_OPERATORS, describedRoute } from './described-route'
import { answerCall, type DoorContext } from './function-door'

/** How long a call waits for a function that is being loaded for the first time. */
const LONGEST_WAIT_MS = 10_000

const ALL: readonly HttpMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** The routes of functions: one for each that has a door, and one for those that are called by name by whoever may. */
export function functionRoutes(context: DoorContext, functions: FunctionSet): readonly Route[] {
  const doors = functions
    .list()
    .flatMap(({ serving }) => (serving === null || serving.access === null ? [] : [serving]))
  return [
    ...doors.flatMap((fn) => routesOf(context, functions, fn)),
    ...byName(context, functions),
    ofOperators(context, functions),
  ]
}

function routesOf(context: DoorContext, functions: FunctionSet, door: LoadedFunction): readonly Route[] {
  const { name } = door
  return methodsOf(door).flatMap((method) =>
    pathsOf(door).map(
      (path): Route => ({
        ...{ method, path, bodyLimit: door.maxBody, writes: true },
        credentials: door.auth,
        ...(door.hasOwnCors && { ownCors: true }),
        ...describedRoute(door, method, path),
        // What serves when it is called: a version may have taken over since.
        handle: (request) => answerCall(context, functions.find(name) ?? door, request),
      }),
    ),
  )
}

/** A raw one has what is below its paths, too. */
function pathsOf({ name, kind, route }: LoadedFunction): readonly string[] {
  const own = [`/api/functions/${name}`, ...(route === null ? [] : [route])]
  return kind === 'typed' ? own : own.flatMap((path) => (path.endsWith('/*') ? [path] : [path, `${path}/*`]))
}

function methodsOf({ kind, methods, hasOwnCors }: LoadedFunction): readonly HttpMethod[] {
  if (kind === 'typed') return ['POST']
  const chosen = methods === null ? ALL : ALL.filter((method) => methods.includes(method))
  return hasOwnCors ? [...chosen, 'OPTIONS'] : chosen
}

/** Functions without a door, and versions that do not serve: for operators, keys and the server. They do not exist for others. */
function byName(context: DoorContext, functions: FunctionSet): readonly Route[] {
  return ALL.flatMap((method) =>
    ['/api/functions/:name', '/api/functions/:name/*'].map(
      (path): Route => ({
        ...{ method, path, access: byRules, writes: true },
        ...(method === 'POST' && !path.endsWith('*') && CALLED_BY_NAME),
        async handle(request) {
          const { name = '' } = request.params
          await functions.loaded()
          const isLate = await waitForLate(name, functions)
          const fn = functions.find(name)
          if (fn === undefined) throw absent(name, request.actor, functions)
          // What came to serve just now has no route of its own for this request, which its access decides about.
          if (!isLate && !mayInvoke(request.actor, fn)) throw functionNotFound(name)
          if (!methodsOf(fn).includes(method) || (fn.kind === 'typed' && path.endsWith('*')))
            throw functionNotFound(name)
          return answerCall(asAsked(context, name), fn, request)
        },
      }),
    ),
  )
}

/** @throws AppError FUNCTION_NOT_READY where it takes too long */
async function waitForLate(name: string, functions: FunctionSet): Promise<boolean> {
  const late = functions.late(name)
  if (late === null) return false
  await within(LONGEST_WAIT_MS, late)
  if (functions.late(name) === null) return true
  throw new AppError('FUNCTION_NOT_READY', `${name} is still being loaded.`, {
    executed: 'no',
    headers: { 'retry-after': '1' },
  })
}

/** A function that is in the folder and could not be loaded: who may call everything is told so, and it does not exist for others. */
function absent(name: string, actor: Actor, functions: FunctionSet): AppError {
  if (functions.state(name) === undefined || !mayInvoke(actor, { name, isAdmin: true })) return functionNotFound(name)
  return new AppError('FUNCTION_NOT_READY', `${name} could not be loaded: \`koyalite functions list\` says why.`, {
    executed: 'no',
  })
}

/** Typed functions for the cookie of an operator, as whom the header `Koyalite-As` says: then `access` decides as for them, and nothing is written. */
function ofOperators(context: DoorContext, functions: FunctionSet): Route {
  return {
    ...{ method: 'POST', path: `${OPERATORS_DATA}functions/:name`, writes: true },
    ...CALLED_BY_OPERATORS,
    async handle(request) {
      const { name = '' } = request.params
      const { actor } = request
      await functions.loaded()
      const fn = functions.find(name)
      const isTrial = actor.kind === 'user' || actor.kind === 'anonymous'
      const may = fn !== undefined && (isTrial || mayInvoke(actor, fn))
      // Operators of every role see which there are; keys do not.
      if (fn !== undefined && !may && actor.kind === 'operator')
        throw new AppError('FORBIDDEN', 'Calling a function takes an owner or an admin.')
      if (fn === undefined) throw absent(name, actor, functions)
      if (!may) throw functionNotFound(name)
      if (fn.kind === 'raw')
        throw new AppError('INVALID_REQUEST', `${fn.name} answers requests itself: send it one at its own route.`)
      return answerCall(asAsked(context, name), fn, request, isTrial)
    },
  }
}

/** A version that is called by its number runs itself. */
function asAsked(context: DoorContext, name: string): DoorContext {
  return name.includes('@') ? { ...context, runs: (fn) => fn } : context
}
