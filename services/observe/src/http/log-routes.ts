import { admin, LOGS_AREA } from '@koyalite/access'
import { pageOf, paginated, type Route, route } from '@koyalite/kernel'
import { z } from 'zod'
import { LOG_LEVELS, type LogEntry, type LogFilter, positionOfEntry } from '../log-entries'

export interface LogRoutesContext {
  logs(filter: LogFilter & { readonly requests: boolean }): Promise<readonly LogEntry[]>
}

const text = z.string()

export const LOG_ENTRY = z.object({
  id: text.describe('Its place in the order of all.'),
  at: z.iso.datetime(),
  level: z.enum(LOG_LEVELS),
  message: text,
  request_id: text.nullable(),
  fields: z.record(text, z.unknown()).describe('What else the line has; what is secret by its name is masked.'),
})

const entries = paginated('entries', LOG_ENTRY, {
  level: z.enum(LOG_LEVELS).optional().describe('This level and those above it.'),
  q: text.max(200).optional().describe('A part of the line; upper and lower case are the same.'),
  request_id: text.max(200).optional(),
  requests: z.enum(['true', 'false']).default('false').describe('Whether requests are among them.'),
  cursor: text
    .regex(/^\d{15}\.\d{12}$/, 'must be a cursor from an earlier response')
    .optional()
    .describe('The next_cursor of the page before.'),
})

export function logRoutes({ logs }: LogRoutesContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/admin/logs',
      name: 'listLogEntries',
      summary: 'List the latest lines of the log, newest first; older ones are in its files',
      access: admin(LOGS_AREA, 'read'),
      query: entries.query,
      responses: { 200: entries.response },
      handle: async ({ query: { limit, cursor, requests, ...filter } }) => {
        const found = await logs({ ...filter, before: cursor, requests: requests === 'true' })
        const { page, next_cursor } = pageOf(found, limit, positionOfEntry)
        return { entries: page.map(logEntryResponse), next_cursor }
      },
    }),
  ]
}

export function logEntryResponse(entry: LogEntry) {
  const { at, level, message, requestId, fields } = entry
  return {
    ...{ id: `${positionOfEntry(entry)}.${requestId ?? 'log'}`, at: new Date(at).toISOString() },
    ...{ level, message, request_id: requestId, fields },
  }
}
