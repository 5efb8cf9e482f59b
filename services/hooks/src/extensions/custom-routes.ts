import { allowsAdmin, byRules, hasScope } from '@koyalite/access'
import {
  type Actor,
  AppError,
  type CodeDoors,
  type CodeRequest,
  type CodeSchema,
  type JsonValue,
} from '@koyalite/contracts'
import type { ApiRequest, ApiResponse, Route } from '@koyalite/kernel'
import { z } from 'zod'
import { HOOKS_AREA } from '../admin-areas'
import type { CustomRoute } from '../loading/read-routes'
import type { RunnableHook } from '../running/hook-stats'
import { answerOf, reply } from './route-answer'
import { callOf, type ExtensionParts, runLater } from './run-extension'

/** As calls of functions by default. */
const LIMIT_MS = 30_000

interface RouteParts extends ExtensionParts {
  readonly doors: CodeDoors
}

/** Routes that code of the project answers. */
export function customRoutes(parts: RouteParts, hooks: readonly RunnableHook[]): readonly Route[] {
  return hooks.flatMap((hook) => (hook.route === undefined ? [] : [routeOf(parts, hook, hook.route)]))
}

function routeOf(parts: RouteParts, hook: RunnableHook, custom: CustomRoute): Route {
  const { method, path, input, output } = custom
  const may = doorOf(parts, hook, custom)
  const answering: RunnableHook = {
    ...hook,
    run: async (...given) => answerOf(await hook.run(...given), output, hook.place),
  }
  return {
    ...{ method, path, writes: true, ...described(hook, custom) },
    async handle(request) {
      const { actor } = request
      if (custom.access === null && !mayEverything(actor)) throw notFound(path)
      const body = await bodyOf(request, method, input)
      if (!may(request, body)) throw refusal(actor)
      requireInput(input, body)
      const seen = seenRequest(request, body)
      const more = { request: seen, reply, collection: undefined, operation: undefined }
      const call = callOf(codeRequest(request), 'routes', 'create')
      return (await runLater(parts, answering, { call, more, args: [seen], limitMs: LIMIT_MS })) as ApiResponse
    },
  }
}

/** Whether somebody may, by the schema as it is now: one that no longer compiles lets nobody in. */
function doorOf({ doors, log }: RouteParts, { file, name }: RunnableHook, { access }: CustomRoute) {
  const compiled = access === null ? null : doors.access(access)
  if (compiled?.ok === false)
    log.error(
      { hook: file },
      `${name} is closed: its 'access' is wrong since the schema was changed: ${compiled.problems.join('; ')}`,
    )
  return (request: ApiRequest, body: JsonValue) => {
    if (mayEverything(request.actor)) return true
    const { method, ip, time, headers } = request
    if (compiled?.ok !== true) return false
    return compiled.allows(request.actor, { method, ip, time, headers: Object.fromEntries(headers) }, body)
  }
}

/** Owners and admins, the server itself, and keys with all rights: what code of hooks does, it does with all rights. */
function mayEverything(actor: Actor): boolean {
  if (actor.kind === 'service_key') return hasScope(actor, 'admin')
  return (actor.kind === 'operator' || actor.kind === 'system') && allowsAdmin(actor, HOOKS_AREA, 'write')
}

function notFound(path: string): AppError {
  return new AppError('NOT_FOUND', `there is no route ${path} for you`)
}

function refusal(actor: Actor): AppError {
  return actor.kind === 'anonymous'
    ? new AppError('UNAUTHENTICATED', 'Sign in to use this route.')
    : new AppError('FORBIDDEN', 'You may not use this route.')
}

/** Null where none was sent; where an object is expected, an empty one. */
async function bodyOf(request: ApiRequest, method: string, input: CodeSchema | null): Promise<JsonValue> {
  if (method === 'GET' || method === 'DELETE') return null
  const { headers } = request
  const length = headers.get('content-length')
  const isSent = length === null ? headers.has('transfer-encoding') || headers.has('content-type') : length !== '0'
  if (isSent) return (await request.json()) as JsonValue
  return input === null ? null : Object.create(null)
}

function requireInput(input: CodeSchema | null, body: JsonValue): void {
  const details = input?.violations(body) ?? []
  if (details.length > 0)
    throw new AppError('VALIDATION_ERROR', details.map(({ message }) => message).join('; '), { details })
}

/** A request as handlers see it: without what proves to us who calls. */
function seenRequest({ id, ip, method, path, headers, params, query }: ApiRequest, body: JsonValue) {
  const passed = new Headers(headers)
  for (const name of ['authorization', 'cookie', 'x-csrf-token', 'proxy-authorization']) passed.delete(name)
  return {
    ...{ id, ip, method, path, headers: passed, params: { ...params } },
    ...{ query: new URLSearchParams(query), body: structuredClone(body) },
  }
}

function codeRequest({ actor, time, ip, id }: ApiRequest): CodeRequest {
  return { actor, time, ip, requestId: id }
}

const ANY_JSON = z.unknown()

function described({ file }: RunnableHook, { method, path, access, input, output }: CustomRoute) {
  const name = ['x', method.toLowerCase(), ...path.split('/').slice(3)].join('.').replaceAll(':', '_')
  const takesNothing = input !== null && input.violations(Object.create(null)).length === 0
  const whom =
    access === null ? 'Nobody else' : `Callers whom its \`access\` allows it: \`${access.replaceAll('`', "'")}\``
  return {
    name,
    summary: `${method} ${path}, answered by ${file}`,
    access: { ...byRules, description: `${whom}. Owners, admins and service keys with all rights may always.` },
    ...(method !== 'GET' &&
      method !== 'DELETE' && {
        body:
          input === null
            ? ANY_JSON
            : { name: `${name}.input`, jsonSchema: input.component(`${name}.input`), required: !takesNothing },
      }),
    responses: {
      200: output === null ? ANY_JSON : { name: `${name}.output`, jsonSchema: output.component(`${name}.output`) },
    },
    runsFunction: true,
  } as const
}
