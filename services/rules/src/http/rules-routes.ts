import { admin, SCHEMA_AREA } from '@koyalite/access'
import { AppError, openObject } from '@koyalite/contracts'
import { type Route, route } from '@koyalite/kernel'
import { LIMITS } from '@koyalite/query'
import { type JsonValue, OPERATIONS, type Operation } from '@koyalite/schema'
import { z } from 'zod'
import { askedActor } from '../explain/asked-actor'
import { explainOperation, plainRequest } from '../explain/explain-operation'
import { typedActor, typedUser } from '../explain/typed-user'
import { countHidden } from '../explain/visibility'
import { accessMatrix } from '../matrix/access-matrix'
import type { RulesContext } from '../rules-context'
import { runTests } from '../run/run-tests'
import { requireActorReader, requireReader } from './asked-rights'
import { checkRoutes } from './check-routes'
import { matrix } from './matrix-schema'
import { requireCollection } from './require-collection'
import { explanation, testReport } from './response-schemas'

/** As much as fits into a URL. */
const asked = z.string().min(1).max(16_000)

const actorName = z.string().max(400)

const LIST = {
  filter: z.array(asked).max(LIMITS.filters).optional().describe('Of `read`: what a list asks for, as its parameters.'),
  where: asked.optional(),
  params: z.array(z.unknown()).optional().describe('What `$1`, `$2` … of `where` stand for.'),
}

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
          .union([actorName, typedUser])
          .default('anonymous')
          .describe(
            '`anonymous`, `user:<id or address>`, `key`, `key:<scope>`, `operator:<role>`, or what a user would be like.',
          ),
        id: z.union([z.string().max(1000), z.number()]).optional(),
        document: openObject({}).optional().describe('A document that is taken as stored, instead of one by `id`.'),
        data: openObject({}).optional(),
        ...LIST,
        sort: asked.optional(),
        expand: asked.optional(),
      }),
      responses: { 200: explanation },
      handle: ({ body: { collection, operation, as, id, document, data, ...list }, request }) => {
        // An explanation tells what is in a document, and what its rules find in others.
        if (id !== undefined || document !== undefined || data !== undefined)
          requireReader(context, request, context.schema.collections.keys())
        requireActorReader(context, request, as)
        if (document !== undefined && (id !== undefined || operation === 'create'))
          throw new AppError(
            'INVALID_REQUEST',
            "'document' stands for a stored one: leave out 'id', and for create send 'data'.",
          )
        return explainOperation(context, {
          collection,
          operation,
          actor: typeof as === 'string' ? askedActor(context, as) : typedActor(as),
          id: id === undefined ? null : String(id),
          ...(document !== undefined && { given: document as JsonValue }),
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
          .max(20)
          .optional()
          .describe("Without them, the project's own in `rules/`."),
      }),
      responses: { 200: testReport },
      handle: async ({ body: { files } }) =>
        runTests({ ...context, maxCases: MAX_CASES }, files ?? (await context.readTests())),
    }),
    route({
      method: 'GET',
      path: '/api/admin/rules/matrix',
      name: 'readRuleMatrix',
      summary: 'Tell who may do what: by collection, operation and field, for classes of callers',
      access: admin(SCHEMA_AREA, 'read'),
      query: z.strictObject({
        collection: z.string().optional().describe('Only this one.'),
        as: actorName.optional().describe('Somebody in particular, in a column of their own.'),
      }),
      responses: { 200: matrix },
      handle: ({ query: { collection, as }, request }) => {
        requireActorReader(context, request, as)
        if (collection !== undefined) requireCollection(context.schema, collection)
        const asked = as === undefined ? null : askedActor(context, as)
        return accessMatrix(context.schema, { asked, time: request.time, collection: collection ?? null })
      },
    }),
    route({
      method: 'POST',
      path: '/api/admin/rules/visibility',
      name: 'countHidden',
      summary: 'Count what the read rule of a collection hides of a list from an actor',
      access: admin(SCHEMA_AREA, 'read'),
      body: z.strictObject({ collection: z.string(), as: actorName.default('anonymous'), ...LIST }),
      responses: { 200: visibility },
      handle: ({ body: { collection, as, ...list }, request }) => {
        requireReader(context, request, context.schema.collections.keys())
        return countHidden(context, {
          collection: requireCollection(context.schema, collection),
          actor: askedActor(context, as),
          request: plainRequest('read', request.time),
          params: listParameters('read', list),
        })
      },
    }),
    ...checkRoutes(context),
  ]
}

const visibility = z.object({
  total: z.int().describe('Documents that match, hidden or not.'),
  visible: z.int(),
  hidden: z.int(),
  examples: z.array(z.union([z.string(), z.number()])).describe('Keys of the first hidden ones.'),
})

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
