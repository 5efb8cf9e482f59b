import type { Schema } from '@koyalite/schema'
import type { MigrationHost } from '../migration-host'
import type { MigrationsContext } from '../migrations-context'
import { type EditPlan, type EditRequest, planEditsHere } from './plan-edits'

/** In characters that are read. Of so many the event loop has its turn again after some ten milliseconds. */
const SHORT = 32_000

/**
 * Plans a change of the schema; a long one in a process of its own. @throws AppError VALIDATION_ERROR where an edit does not fit the file,
 * QUERY_TIMEOUT where planning takes too long
 */
export async function planEdits(
  host: MigrationHost,
  context: MigrationsContext,
  request: EditRequest,
): Promise<EditPlan> {
  const before = (await host.readSource()) ?? ''
  const { elsewhere } = context
  // Each edit reads the text again, with what the edits before it have written.
  const read = Math.max(before.length, request.source?.length ?? 0) + JSON.stringify(request.edits).length
  return elsewhere && read * (1 + request.edits.length) > SHORT
    ? elsewhere.plan(context, { ...request, before })
    : planEditsHere({ ...host, before }, context, request)
}

/** A schema from its text; a long one is read in a process of its own. Throws VALIDATION_ERROR, QUERY_TIMEOUT. */
export async function parseSource(host: MigrationHost, source: string): Promise<Schema> {
  if (source.length <= SHORT) return host.parse(source)
  const context = await host.load()
  return context.elsewhere?.parse(context, source) ?? host.parse(source)
}
