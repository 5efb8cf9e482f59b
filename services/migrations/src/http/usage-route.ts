import { admin, SCHEMA_AREA } from '@koyalite/access'
import { type Route, route } from '@koyalite/kernel'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { z } from 'zod'
import { type QueryUse, schemaUsage } from '../operations/schema-usage'

const usage = z.object({
  lists: z.int().describe('Shapes of lists that were looked at for the use of indexes.'),
  sizes_known: z.boolean().describe('False where the file is too large to be measured in time: sizes are 0 then.'),
  collections: z.array(
    z.object({
      name: z.string(),
      bytes: z.int().describe('Of the documents.'),
      index_bytes: z.int(),
      indexes: z.array(
        z.object({
          name: z.string(),
          fields: z.array(z.string()),
          unique: z.boolean(),
          bytes: z.int(),
          use: z
            .enum(['lists', 'constraint', 'reference', 'none_seen'])
            .describe('`none_seen`: by no list since the start or the last change of the schema.'),
        }),
      ),
      suggestions: z.array(
        z.object({
          fields: z.array(z.string()),
          name: z.string(),
          line: z.string().describe('For schema.yaml.'),
          shape: z.string().describe('The slow list that would be faster.'),
          mean_ms: z.number(),
        }),
      ),
    }),
  ),
})

export interface UsageContext {
  readonly database: Database
  readonly queries: QueryUse
  /** What is served. */
  schema(): Schema
}

export function usageRoute({ database, queries, schema }: UsageContext): Route {
  return route({
    method: 'GET',
    path: '/api/admin/schema/usage',
    name: 'getSchemaUsage',
    summary: 'Sizes of collections, use of their indexes, and indexes that slow lists miss',
    access: admin(SCHEMA_AREA, 'read'),
    responses: { 200: usage },
    handle: () => schemaUsage({ database, queries, schema: schema() }),
  })
}
