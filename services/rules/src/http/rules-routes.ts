import { admin, SCHEMA_AREA } from '@koyalite/access'
import { AppError } from '@koyalite/contracts'
import { type ApiRequest, type Route, route } from '@koyalite/kernel'
import { accessOf, LIMITS } from '@koyalite/query'
import { type JsonValue, OPERATIONS, type Operation, USERS } from '@koyalite/schema'
import { z } from 'zod'
import { askedActor } from '../explain/asked-actor'
import { explainOperation, plainRequest } from '../explain/explain-operation'
import type { RulesContext } from '../rules-context'
import { runTests } from '../run/run-tests'
import { explanation, testReport } from './response-schemas'

/** As much as fits into a URL. */
const asked = z.string().min(1).max(16_000)

/** In one file. */
const MAX_CASES = 200

/** Why somebody may do something, and whether rules do what their tests say. */
export function rulesRoutes(context: RulesContext): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/admin/rules/explain',
      name: 'explainRules',
      summary: 'Explain why an actor may or may not do something',
      access: admin(SCHEMA_AREA, 'read'),
      body: z.strictObject({
        collection: z.string(),
        operation: z.enum(OPERATIONS),
        as: z
          .string()
          .max(400)
          .default('anonymous')
          .describe('`anonymous`, `user:<id or address>`, `key`, `key:<scope>`, `operator:<role>`.'),
        id: z.union([z.string().max(1000), z.number()]).optional(),
        data: z.record(z.string(), z.unknown()).optional(),
        filter: z
          .array(asked)
          .max(LIMITS.filters)
          .optional()
          .describe('Of `read`: what a list asks for, as its parameters.'),
        where: asked.optional(),
        params: z.array(z.unknown()).optional().describe('What `$1`, `$2` … of `where` stand for.'),
        sort: asked.optional(),
        expand: asked.optional(),
      }),
      responses: { 200: explanation },
      handle: ({ body: { collection, operation, as, id, data, ...list }, request }) => {
        // An explanation tells what is in a document, and what its rules find in others.
        if (id !== undefined || data !== undefined) requireReader(context, request, context.schema.collections.keys())
        // It also tells what rules see of a user: address, role, claims.
        if (as.startsWith('user:')) requireReader(context, request, [USERS])
        return explainOperation(context, {
          collection,
          operation,
          actor: askedActor(context, as),
          id: id === undefined ? null : String(id),
          data: (data ?? null) as JsonValue,
          params: listParameters(operation, list),
          request: plainRequest(operation, request.time),
        })
      },
    }),
    route({
      method: 'POST',
      path: '/api/admin/rules/test',
      name: 'testRules',
      summary: 'Run rule tests against the current rules, on their own test documents',
      access: admin(SCHEMA_AREA, 'read'),
      body: z.strictObject({
        files: z
          .array(z.strictObject({ name: z.string().max(400), source: z.string().max(1_000_000) }))
          .min(1)
          .max(20),
      }),
      responses: { 200: testReport },
      handle: ({ body }) => runTests({ ...context, maxCases: MAX_CASES }, body.files),
    }),
  ]
}

interface AskedList {
  readonly filter?: readonly string[] | undefined
  readonly where?: string | undefined
  readonly params?: readonly unknown[] | undefined
  readonly sort?: string | undefined
  readonly expand?: string | undefined
}

/** The list to explain. Throws INVALID_REQUEST where none is read. */
function listParameters(operation: Operation, { filter = [], params: values, ...others }: AskedList): URLSearchParams {
  const params = new URLSearchParams(filter.map((one): [string, string] => ['filter', one]))
  for (const [name, value] of Object.entries(others)) if (value !== undefined) params.set(name, value)
  if (values !== undefined) params.set('params', JSON.stringify(values))
  if (params.size > 0 && operation !== 'read') {
    throw new AppError('INVALID_REQUEST', 'filter, where, params, sort and expand are those of a list: explain read.')
  }
  return params
}

/** Throws FORBIDDEN for a caller whom rules keep from reading all of these collections. */
function requireReader(
  { schema }: RulesContext,
  { actor, method, ip, time }: ApiRequest,
  names: Iterable<string>,
): void {
  const access = accessOf(schema, actor, { method, ip, time, headers: {} })
  for (const name of names) {
    const collection = schema.collections.get(name)
    if (collection && !access.bypasses(collection, 'read')) throw access.refusal(collection, 'read')
  }
}
