import { requireAdmin, SCHEMA_AREA } from '@koyalite/access'
import { AppError } from '@koyalite/contracts'
import type { ApiRequest, ApiResponse, Route } from '@koyalite/kernel'
import { accessOf } from '@koyalite/query'
import { type JsonValue, OPERATIONS } from '@koyalite/schema'
import { z } from 'zod'
import { askedActor } from './explain/asked-actor'
import { explainOperation } from './explain/explain-operation'
import type { RulesContext } from './rules-context'
import { runTests } from './run/run-tests'

const explainSchema = z.strictObject({
  collection: z.string(),
  operation: z.enum(OPERATIONS),
  /** See askedActor. */
  as: z.string().max(400).default('anonymous'),
  id: z.union([z.string().max(1000), z.number()]).optional(),
  data: z.record(z.string(), z.unknown()).optional(),
})

/** In one file. */
const MAX_CASES = 200

const testSchema = z.strictObject({
  files: z
    .array(z.strictObject({ name: z.string().max(400), source: z.string().max(1_000_000) }))
    .min(1)
    .max(20),
})

/** For operators, and keys with the scope `schema`: why somebody may do something, and whether rules do what their tests say. */
export function rulesRoutes(context: RulesContext): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/api/admin/rules/explain',
      summary: 'Explain why an actor may or may not do something',
      body: explainSchema,
      responses: {
        200: z.looseObject({ comes_to: z.enum(['always', 'never', 'depends', 'bypassed']), summary: z.string() }),
      },
      handle: (request) => explain(context, request),
    },
    {
      method: 'POST',
      path: '/api/admin/rules/test',
      summary: 'Run rule tests against the current rules, on their own test documents',
      body: testSchema,
      responses: { 200: z.looseObject({}) },
      handle: async (request) => {
        requireAdmin(request.actor, SCHEMA_AREA, 'read')
        const { files } = parseBody(testSchema, await request.json())
        return answer(await runTests({ ...context, maxCases: MAX_CASES }, files))
      },
    },
  ]
}

async function explain(context: RulesContext, request: ApiRequest): Promise<ApiResponse> {
  requireAdmin(request.actor, SCHEMA_AREA, 'read')
  const { collection: name, operation, as, id, data } = parseBody(explainSchema, await request.json())
  // An explanation tells what is in a document, and what its rules find in others.
  if (id !== undefined || data !== undefined) requireReader(context, request)
  const explanation = await explainOperation(context, {
    collection: name,
    operation,
    actor: askedActor(context, as),
    id: id === undefined ? null : String(id),
    data: (data ?? null) as JsonValue,
    time: request.time,
  })
  return answer(explanation)
}

function requireReader({ schema }: RulesContext, { actor, method, ip, time }: ApiRequest): void {
  const access = accessOf(schema, actor, { method, ip, time, headers: {} })
  for (const collection of schema.collections.values()) {
    if (!access.bypasses(collection, 'read')) throw access.refusal(collection, 'read')
  }
}

function answer(value: unknown): ApiResponse {
  return { status: 200, body: JSON.stringify(value), headers: { 'cache-control': 'no-store' } }
}

function parseBody<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const details = parsed.error.issues.map((issue) => ({
    field: issue.path.join('.'),
    code: issue.code,
    message: `${issue.path.join('.') || 'the body'}: ${issue.message}`,
  }))
  throw new AppError('VALIDATION_ERROR', details[0]?.message ?? 'The input is not valid.', { details })
}
