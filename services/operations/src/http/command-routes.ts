import { admin, SETTINGS_AREA } from '@koyalite/access'
import { AppError } from '@koyalite/contracts'
import { pageOf, paginated, type Route, route } from '@koyalite/kernel'
import { z } from 'zod'
import type { OperationsContext } from '../operations-context'
import { insertCommand, listCommands } from '../store/commands'

const run = z.object({
  id: z.int(),
  at: z.string().describe('When it ended.'),
  by: z.string().describe('The user of the machine whose shell it was.'),
  command: z.string(),
  ok: z.boolean(),
  message: z.string().nullable().describe('Why it failed.'),
  ms: z.int(),
})
const commands = paginated('commands', run, {
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'must be a cursor from an earlier response')
    .optional(),
})

/** What the command line did to the project. */
export function commandRoutes({ database }: OperationsContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/admin/commands',
      name: 'listCommands',
      summary: 'List the commands of the command line that changed this project, newest first',
      access: admin(SETTINGS_AREA, 'read'),
      query: commands.query,
      responses: { 200: commands.response },
      handle: ({ query: { limit, cursor } }) => {
        const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor)
        const found = listCommands(database, { limit: limit + 1, before })
        const { page, next_cursor } = pageOf(found, limit, ({ id }) => String(id))
        return { commands: page, next_cursor }
      },
    }),
    route({
      method: 'POST',
      path: '/api/admin/commands',
      name: 'recordCommand',
      summary: 'Record a command of the command line, which does so itself',
      access: admin(SETTINGS_AREA, 'write'),
      body: z.strictObject({
        by: z.string().max(100),
        command: z.string().min(1).max(2_000),
        ok: z.boolean(),
        message: z.string().max(2_000).nullable(),
        ms: z.int().min(0),
      }),
      responses: { 204: null },
      async handle({ actor, body }) {
        if (actor.kind !== 'system') {
          throw new AppError('FORBIDDEN', 'Only the command line on the same machine may record its commands.')
        }
        await database.write((tx) => insertCommand(tx, { ...body, at: new Date().toISOString() }))
        return null
      },
    }),
  ]
}
