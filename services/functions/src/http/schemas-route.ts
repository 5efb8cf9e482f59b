import { admin, SCHEMA_AREA } from '@koyalite/access'
import { type Route, route } from '@koyalite/kernel'
import { z } from 'zod'
import type { FunctionSet } from '../versions/function-set'

const schemas = z.object({
  functions: z.array(
    z.object({
      name: z.string(),
      has_door: z.boolean().describe('Whether it has `access`: the others are for operators, keys and functions.'),
      input: z.unknown().describe('JSON Schema; null: any JSON.'),
      output: z.unknown().describe('JSON Schema; null: any JSON.'),
    }),
  ),
})

/** What clients are generated of, beside the schema: for whoever may read that. */
export function schemasRoute(functions: FunctionSet): Route {
  return route({
    method: 'GET',
    path: '/api/admin/schema/functions',
    name: 'listFunctionSchemas',
    summary: 'List what functions take and return, besides those that answer requests themselves',
    access: admin(SCHEMA_AREA, 'read'),
    responses: { 200: schemas },
    async handle() {
      await functions.loaded()
      return {
        functions: functions.list().flatMap(({ serving }) =>
          serving?.kind === 'typed'
            ? {
                ...{ name: serving.name, has_door: serving.access !== null },
                input: serving.input?.jsonSchema ?? null,
                output: serving.output?.jsonSchema ?? null,
              }
            : [],
        ),
      }
    },
  })
}
