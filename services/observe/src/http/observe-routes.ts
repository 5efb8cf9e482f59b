import { admin, LOGS_AREA } from '@koyalite/access'
import { AppError } from '@koyalite/contracts'
import { pageOf, paginated, type Route, route } from '@koyalite/kernel'
import { z } from 'zod'
import type { LogEntry, LogFilter } from '../log-entries'
import { QUERY_ORDERS, type QueryOrder, type QueryStatistic } from '../query-statistics'
import { positionOf, type RecentRequest, type RequestFilter } from '../recent-requests'
import type { TracedStatements } from '../statement-traces'
import { LOG_ENTRY, logEntryResponse } from './log-routes'

export interface ObserveRoutesContext {
  requests(filter: RequestFilter, limit: number): Promise<readonly RecentRequest[]>
  queries(order: QueryOrder, limit: number): Promise<readonly QueryStatistic[]>
  /** With advice, if it was slow; null where nobody has asked for it since the start. */
  query(shape: string): Promise<QueryStatistic | null>
  logs(filter: LogFilter): Promise<readonly LogEntry[]>
}

const text = z.string()
const ms = z.number().min(0)

const request = z.object({
  id: text.describe('The X-Request-Id, under which the log has more.'),
  at: z.iso.datetime().describe('When it was answered.'),
  method: text,
  path: text,
  route: text.describe('As it is declared, with its collection: `GET /api/collections/posts`.'),
  query: text.nullable().describe('What a list asked for, without values: `posts?filter=status:eq:?`.'),
  status: z.int(),
  code: text.nullable().describe('Code of the error.'),
  ms,
  bytes: z.int().nullable().describe('Length of the body; null where it is streamed.'),
  actor: z.object({ kind: text, id: text.nullable() }),
  ip: text,
})

const statements = z.object({
  count: z.int().min(0),
  ms: ms.describe('Of all of them.'),
  list: z
    .array(
      z.object({
        sql: text.describe('With parameters in place of values.'),
        ms,
        rows: z.int().min(0).describe('That it returned or changed.'),
      }),
    )
    .describe('The first 50, in the order in which they ended.'),
})

const timestamp = text
  .refine((value) => !Number.isNaN(Date.parse(value)), { error: 'must be a timestamp such as 2026-01-31T12:00:00Z' })
  .transform((value) => Date.parse(value))
  .meta({ type: 'string', format: 'date-time' })

const requests = paginated('requests', request, {
  id: text.max(200).optional(),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']).optional(),
  path: text.max(300).optional().describe('A part of the path.'),
  status: text
    .regex(/^[1-5](?:\d\d|xx)$/, 'must be a status such as 404, or a class such as 5xx')
    .optional()
    .describe('`404`, or a class: `5xx`.'),
  actor: text
    .max(100)
    .optional()
    .describe('The id of an actor, or a kind: `anonymous`, `user`, `service_key`, `operator`.'),
  route: text.max(400).optional().describe('`GET /api/collections/posts`'),
  since: timestamp.optional().describe('Answered then or later.'),
  until: timestamp.optional().describe('Answered before.'),
  own: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .meta({ type: 'boolean' })
    .optional()
    .describe(
      'False: those of operators, of the command line, of health checks and of pages of the server are left out.',
    ),
  min_ms: text
    .regex(/^\d{1,9}(?:\.\d{1,3})?$/, 'must be a number of milliseconds such as 100')
    .transform(Number)
    .meta({ type: 'number', pattern: undefined })
    .optional()
    .describe('Only those that took at least as long.'),
  cursor: text
    .regex(/^\d{15}\.\d{12}\.[!-~]{1,200}$/, 'must be a cursor from an earlier response')
    .optional()
    .describe('The next_cursor of the page before.'),
})

const query = z.object({
  shape: text.describe('What lists asked for, without values.'),
  collection: text,
  count: z.int(),
  slow: z.int().describe('How many took more than 100 ms.'),
  mean_ms: ms,
  max_ms: ms,
  total_ms: ms,
  last_at: z.iso.datetime(),
  advice: z
    .object({
      plan: z.array(text).describe('The plan in sentences.'),
      after: z.array(text).optional().describe('The plan with these indexes.'),
      sql: text.optional().describe('The statement, with values as parameters.'),
      indexes: z.array(z.object({ collection: text, fields: z.array(text), place: text, line: text })),
      obstacles: z.array(text).describe('Why an index does not help.'),
    })
    .nullable()
    .describe('For lists that were slow.'),
})

const queries = paginated('queries', query, {
  sort: z
    .enum(QUERY_ORDERS)
    .default('total')
    .describe('By the total, mean or maximum of their times, or by their number.'),
  shape: text.max(2000).optional().describe('Only this one, with advice whether it was slow or not.'),
  cursor: text.regex(/^\d{1,6}$/, 'must be a cursor from an earlier response').optional(),
})

/** For operators: what is slow, what fails, who does what. */
export function observeRoutes(context: ObserveRoutesContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/admin/requests',
      name: 'listRequests',
      summary: 'List the latest requests, newest first; slow and failed ones are remembered longest',
      access: admin(LOGS_AREA, 'read'),
      query: requests.query,
      responses: { 200: requests.response },
      handle: async ({ query: { limit, cursor, ...filter } }) => {
        const found = await context.requests({ ...filter, before: cursor }, limit + 1)
        const { page, next_cursor } = pageOf(found, limit, positionOf)
        return {
          requests: page.map(requestResponse),
          next_cursor,
        }
      },
    }),
    route({
      method: 'GET',
      path: '/api/admin/requests/:id',
      name: 'getRequest',
      summary: 'One of the latest requests: what it asked for, what was logged of it, and what would make it faster',
      access: admin(LOGS_AREA, 'read'),
      responses: {
        200: z.object({
          request,
          log: z.array(LOG_ENTRY).describe('What was logged of it, the newest first.'),
          query: query.nullable().describe('Of all requests for the same list.'),
          statements: statements
            .nullable()
            .describe('What it did in the database. Null, unless somebody was looking at the requests when it came.'),
        }),
      },
      async handle({ params: { id } }) {
        const [found] = await context.requests({ id }, 1)
        if (found === undefined)
          throw new AppError(
            'NOT_FOUND',
            `The request ${id.slice(0, 200)} is none of the latest. The files of the log may have it.`,
          )
        const log = await context.logs({ request_id: id })
        const asked = found.query === null ? null : await context.query(found.query)
        return {
          request: requestResponse(found),
          log: log.slice(0, MAX_LOG).map(logEntryResponse),
          query: asked === null ? null : queryResponse(asked),
          statements: found.statements === null ? null : statementsResponse(found.statements),
        }
      },
    }),
    route({
      method: 'GET',
      path: '/api/admin/queries',
      name: 'listQueries',
      summary: 'List what lists have asked for since the start, by shape, with advice for slow ones',
      access: admin(LOGS_AREA, 'read'),
      query: queries.query,
      responses: { 200: queries.response },
      handle: async ({ query: { limit, cursor = '0', sort, shape } }) => {
        if (shape !== undefined) {
          const one = await context.query(shape)
          return { queries: one === null ? [] : [queryResponse(one)], next_cursor: null }
        }
        const start = Number(cursor)
        const found = (await context.queries(sort, start + limit + 1)).slice(start)
        const { page, next_cursor } = pageOf(found, limit, () => String(start + limit))
        return { queries: page.map(queryResponse), next_cursor }
      },
    }),
  ]
}

/** Of the lines of one request. */
const MAX_LOG = 100

function statementsResponse({ count, ms, list }: TracedStatements) {
  return { count, ms: rounded(ms), list: list.map((one) => ({ ...one, ms: rounded(one.ms) })) }
}

function requestResponse({ number: _, statements: __, ...one }: RecentRequest) {
  return { ...one, at: new Date(one.at).toISOString() }
}

function queryResponse({ totalMs, maxMs, lastAt, count, ...query }: QueryStatistic) {
  return {
    ...query,
    count,
    mean_ms: rounded(totalMs / count),
    max_ms: rounded(maxMs),
    total_ms: rounded(totalMs),
    last_at: new Date(lastAt).toISOString(),
  }
}

/** To a microsecond. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
