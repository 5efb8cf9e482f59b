import { schemaHash } from '@koyalite/codegen'
import type { Settings } from './compose'
import type { Loaded } from './load-project'

/** Hash of the schema as clients see it. Where theirs differs, they were generated from another schema. */
const SCHEMA_HEADER = 'Koyalite-Schema'

/** `server`, with the header that every response has. */
export function responseSettings({ settings, schema }: Loaded): Settings['server'] {
  const { server } = settings
  return { ...server, headers: { ...server.headers, [SCHEMA_HEADER]: schemaHash(schema) } }
}
