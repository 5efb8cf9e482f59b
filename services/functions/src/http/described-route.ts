import { byRules } from '@koyalite/access'
import type { HttpMethod, MediaType, Route } from '@koyalite/kernel'
import { z } from 'zod'
import type { FunctionSchema } from '../source/schema/function-schema'
import { openApiSchema } from '../source/schema/openapi-schema'
import type { LoadedFunction } from '../versions/loaded-function'

type Described = Pick<Route, 'name' | 'summary' | 'access' | 'body' | 'responses' | 'runsFunction' | 'repeatable'>

/** What a function without a schema takes or returns. */
const ANY_JSON = z.unknown()
const ANYTHING: MediaType = { mediaType: '*/*' }

/** What the reference says of a function at one of its paths. What is below the path of a raw one is described with it. */
export function describedRoute(door: LoadedFunction, method: HttpMethod, path: string): Described {
  const { name, kind, route, input, output } = door
  const access = { ...byRules, description: aboutDoor(door) }
  if (path.endsWith('/*') && path !== route) return { access }
  const place = path === route ? '.route' : ''
  const called = { access, summary: `Call the function ${name}`, runsFunction: true } as const
  if (kind === 'raw') {
    return {
      ...{ ...called, name: `call_${name}${place}.${method.toLowerCase()}` },
      ...(method !== 'GET' && { body: ANYTHING }),
      responses: { default: ANYTHING },
    }
  }
  return {
    ...{ ...called, name: `call_${name}${place}` },
    body: input === null ? ANY_JSON : { ...typeOf(input, `${name}.input`), required: !takesNothing(input) },
    responses: { 200: output === null ? ANY_JSON : typeOf(output, `${name}.output`) },
    repeatable: true,
  }
}

/** The one door of functions that have none of their own. */
export const CALLED_BY_NAME: Described = {
  name: 'callFunction',
  summary: 'Call a function by its name',
  access: {
    ...byRules,
    description:
      'Owners and admins, and service keys with the scope `functions:invoke`: any function, also one without `access`, and versions of it (`name@3`). For others it does not exist.',
  },
  body: ANYTHING,
  responses: { default: ANYTHING },
  runsFunction: true,
  repeatable: true,
}

/** The door of operators: what it takes and responds with is what the function declares. */
export const CALLED_BY_OPERATORS: Described = {
  name: 'invokeFunction',
  summary: 'Call a function as an operator, or as whom `Koyalite-As` says',
  access: {
    ...byRules,
    description:
      'Owners and admins; as a user or an anonymous caller, whom its `access` allows it, and nothing is written.',
  },
  body: ANY_JSON,
  responses: { 200: ANY_JSON },
  runsFunction: true,
  repeatable: true,
}

function aboutDoor({ name, kind, accessText, auth, route }: LoadedFunction): string {
  const others = auth === 'none' ? '' : ' Owners, admins and service keys for it may always.'
  const access = `Callers whom its \`access\` allows it: ${code(accessText ?? '')}.${others}`
  if (kind === 'typed') return access
  const places = [`/api/functions/${name}`, ...(route === null || route.endsWith('/*') ? [] : [route])]
  return `${access} It reads and answers requests itself, those below ${places.map(code).join(' and ')} too.`
}

/** Markdown that shows a text as it is. */
function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``
}

function typeOf({ jsonSchema }: FunctionSchema, name: string) {
  return { name, jsonSchema: openApiSchema(jsonSchema, name) }
}

/** No body counts as an empty object. */
function takesNothing(input: FunctionSchema): boolean {
  return input.violations(Object.create(null)).length === 0
}
