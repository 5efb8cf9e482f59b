import { admin } from '@koyalite/access'
import { AppError, type AuditTrail, auditedActor, type JobQueue, type ProjectEvents } from '@koyalite/contracts'
import { type Callers, type Log, liveResponse, pageOf, paginated, type Route, route } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { z } from 'zod'
import { FUNCTIONS_AREA } from '../admin-areas'
import { functionNotFound } from '../calls/may-call'
import { EXECUTION_STATUSES } from '../executions/execution'
import type { OpenExecutionLog } from '../executions/execution-log'
import type { Isolations } from '../isolation/choose-isolation'
import { FunctionProblem } from '../versions/function-loader'
import type { FunctionSet, FunctionState } from '../versions/function-set'
import { executionDetail, executionOf } from './execution-view'
import { detailOf, functionDetail, listedFunction, listedOf } from './function-view'
import { replayRoute } from './replay-route'
import { schemasRoute } from './schemas-route'

export interface AdminContext {
  readonly functions: FunctionSet
  readonly executions: OpenExecutionLog
  readonly database: Database
  readonly audit: AuditTrail
  readonly callers: Callers
  readonly jobs: Pick<JobQueue, 'push'>
  readonly events: Pick<ProjectEvents, 'replay'>
  readonly log: Pick<Log, 'error'>
  isolations(): Promise<Isolations>
}

const list = z.object({
  functions: z.array(listedFunction),
  others: z
    .array(z.object({ file: z.string(), reason: z.string(), fault: z.boolean() }))
    .describe('What else is in functions/, and why it is not a function.'),
  isolation: z.object({
    strongest: z.string(),
    weakness: z.string().nullable().describe('Why there is nothing stronger.'),
  }),
})

const executions = paginated('executions', executionDetail, {
  function: z.string().max(200).optional(),
  status: z.enum(EXECUTION_STATUSES).optional(),
  request_id: z.string().max(100).optional(),
  cursor: z.uuid().optional(),
})

/** Functions for operators: what there is, what was called, and which version serves. */
export function adminRoutes(context: AdminContext): readonly Route[] {
  const { functions, audit } = context
  return [
    route({
      method: 'GET',
      path: '/api/admin/functions',
      name: 'listFunctions',
      summary: 'List functions, and what else is in their folder',
      access: admin(FUNCTIONS_AREA, 'read'),
      responses: { 200: list },
      async handle() {
        await functions.loaded()
        const { strongest, whyNot } = await context.isolations()
        return {
          functions: functions.list().map((state) => listedOf(context.database, state)),
          others: functions.others.map(({ file, reason, isFault }) => ({ file, reason, fault: isFault })),
          isolation: {
            strongest: strongest.name,
            weakness: strongest.name === 'process' ? whyNot('sandbox') : null,
          },
        }
      },
    }),
    schemasRoute(functions),
    route({
      method: 'GET',
      path: '/api/admin/functions/executions',
      name: 'listExecutions',
      summary: 'List calls of functions, newest first',
      access: admin(FUNCTIONS_AREA, 'read'),
      query: executions.query,
      responses: { 200: executions.response },
      handle({ query }) {
        const { limit, cursor: before, request_id: requestId, ...filter } = query
        const found = context.executions.list({ ...filter, requestId, before, limit: limit + 1 })
        const { page, next_cursor } = pageOf(found, limit, ({ id }) => id)
        return { executions: page.map(executionOf), next_cursor }
      },
    }),
    route({
      method: 'GET',
      path: '/api/admin/functions/executions/live',
      name: 'followExecutions',
      summary: 'Follow calls of functions as server-sent events',
      access: admin(FUNCTIONS_AREA, 'read'),
      query: z.object({ function: z.string().max(200).optional() }),
      responses: { 200: { mediaType: 'text/event-stream' } },
      handle: ({ query: { function: name }, actor }) =>
        liveResponse({
          ...{ actor, callers: context.callers, access: admin(FUNCTIONS_AREA, 'read') },
          greeting: 'calls follow',
          follow: (send) =>
            context.executions.follow((one) => {
              if (name === undefined || one.function === name) send(executionOf(one))
            }),
        }),
    }),
    route({
      method: 'GET',
      path: '/api/admin/functions/executions/:id',
      name: 'getExecution',
      summary: 'Get a call of a function with its log',
      access: admin(FUNCTIONS_AREA, 'read'),
      responses: { 200: executionDetail },
      handle({ params }) {
        const found = context.executions.find(params.id)
        if (found === null) throw new AppError('NOT_FOUND', 'There is no such execution, or it is no longer kept.')
        return executionOf(found)
      },
    }),
    route({
      method: 'GET',
      path: '/api/admin/functions/:name',
      name: 'getFunction',
      summary: 'Get a function with its versions',
      access: admin(FUNCTIONS_AREA, 'read'),
      responses: { 200: functionDetail },
      handle: async ({ params }) => detailOf(context.database, await stateOf(functions, params.name)),
    }),
    replayRoute(context),
    route({
      method: 'POST',
      path: '/api/admin/functions/:name/serve',
      name: 'serveFunctionVersion',
      summary: 'Let a version of a function serve, or a share of its calls, until its files change again',
      access: admin(FUNCTIONS_AREA, 'write'),
      body: z.strictObject({
        version: z.int().min(1),
        percent: z
          .number()
          .min(0)
          .max(100)
          .default(100)
          .describe('Of the calls; the others go on to the version that serves. 0 ends a share, 100 lets it serve.'),
      }),
      responses: { 200: functionDetail },
      async handle({ actor, params, body, request }) {
        const before = (await stateOf(functions, params.name)).serving?.version ?? null
        await served(functions, params.name, body)
        await audit.keep([
          {
            ...{ event: 'function.version_served', outcome: 'success', ...auditedActor(actor) },
            ...{ target: { kind: 'function', id: params.name }, ip: request.ip, requestId: request.id },
            details: { before, after: body.version, ...(body.percent < 100 && { percent: body.percent }) },
          },
        ])
        return detailOf(context.database, await stateOf(functions, params.name))
      },
    }),
  ]
}

async function stateOf(functions: FunctionSet, name: string): Promise<FunctionState> {
  // Without a server the command line looks at the folder itself.
  await functions.loaded()
  const state = functions.state(name)
  if (state === undefined) throw functionNotFound(name)
  return state
}

/** @throws AppError NOT_FOUND, CONFLICT where it cannot be served any more */
async function served(
  functions: FunctionSet,
  name: string,
  { version, percent }: { readonly version: number; readonly percent: number },
): Promise<void> {
  try {
    const found = await functions.serve(name, version, percent)
    if (found === undefined)
      throw new AppError('NOT_FOUND', `There is no version ${version} of ${name}, or it is no longer kept.`)
  } catch (error) {
    if (error instanceof FunctionProblem) throw new AppError('CONFLICT', error.message)
    throw error
  }
}
