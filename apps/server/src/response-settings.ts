import { schemaHash } from '@koyalite/codegen'
import type { Settings } from './compose'
import type { Loaded } from './load-project'

/** Of what clients see of the schema: theirs was generated of another one where it differs. */
const SCHEMA_HEADER = 'Koyalite-Schema'

/** `server`, with the header that every response has. */
export function responseSettings({ settings, schema }: Loaded): Settings['server'] {
  const { server } = settings
  return { ...server, headers: { ...server.headers, [SCHEMA_HEADER]: schemaHash(schema) } }
}
