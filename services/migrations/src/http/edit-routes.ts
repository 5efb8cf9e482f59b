import { admin, requireAdmin, SCHEMA_AREA } from '@koyalite/access'
import { type Route, route } from '@koyalite/kernel'
import type { SchemaEdit } from '@koyalite/schema'
import { z } from 'zod'
import { applyEdits } from '../edit/apply-edits'
import { planEdits } from '../edit/plan-anywhere'
import { hashOf } from '../edit/text-hash'
import type { MigrationHost } from '../migration-host'
import { appliedView } from './applied-view'
import { applyRequest, editRequest, planView } from './edit-bodies'
import { applied } from './response-schemas'

/** How long a request for changes waits for one. Less than what proxies wait for a response. */
const MAX_WAIT_MS = 25_000
/** How often it looks. */
const LOOK_MS = 250
/** Of a file that names what is renamed: whoever changes it by hand looks for the rest. */
const MAX_LINES = 20

/** The schema as a form changes it: edits, what they would do, and doing it. */
export function editRoutes(host: MigrationHost): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/admin/schema/plan',
      name: 'planSchema',
      summary: 'Say what edits of schema.yaml would do, and to how many documents; edits take schema:write',
      access: admin(SCHEMA_AREA, 'read'),
      writes: false,
      body: editRequest,
      responses: { 200: planView },
      handle: async ({ actor, body }) => {
        // The work is that of an apply: it is for those who may do that. Anybody may ask whether operators change the schema here.
        if (body.source !== undefined || body.edits.length > 0) requireAdmin(actor, SCHEMA_AREA, 'write')
        const { schema: _, renames, ...plan } = await planEdits(host, await host.load(), withEdits(body))
        const migration = plan.migration && { file: plan.migration.file, text: plan.migration.text }
        const files = (await host.filesNaming(renames)).map(({ file, lines, after }) => {
          return { file, lines: lines.slice(0, MAX_LINES), rewritten: after !== null }
        })
        return { ...plan, files, migration, hash: hashOf(plan.before), refusal: host.refusal() }
      },
    }),
    route({
      method: 'POST',
      path: '/api/admin/schema/apply',
      name: 'applySchema',
      summary: 'Write edits to schema.yaml, with a migration file where one is needed, and migrate',
      access: admin(SCHEMA_AREA, 'write'),
      body: applyRequest,
      responses: { 200: applied.extend({ source: z.string(), hash: z.string() }) },
      handle: async ({ actor, body }) => {
        const result = await applyEdits(host, actor, withEdits(body))
        return { ...appliedView(result), source: result.source, hash: result.hash }
      },
    }),
    versionRoute(host),
  ]
}

/**
 * Responds at once, with a body that comes when something has changed: a request that waits is none that takes long, and is not counted as
 * one.
 */
function versionRoute(host: MigrationHost): Route {
  const declared = route({
    method: 'GET',
    path: '/api/admin/schema/version',
    name: 'getSchemaVersion',
    summary: 'Wait until schema.yaml, the migrations or the served schema change',
    access: admin(SCHEMA_AREA, 'read'),
    query: z.strictObject({
      after: z
        .string()
        .max(200)
        .optional()
        .describe('The version that is known: the response waits for another, at most 25 seconds.'),
    }),
    responses: { 200: z.object({ version: z.string() }) },
    handle: async () => ({ version: await host.version() }),
  })
  return {
    ...declared,
    handle({ query, signal }) {
      const body = new ReadableStream<Uint8Array>({
        async start(controller) {
          const version = await nextVersion(host, query.get('after'), signal)
          controller.enqueue(new TextEncoder().encode(JSON.stringify({ version })))
          controller.close()
        },
      })
      return new Response(body, { headers: { 'content-type': 'application/json', 'cache-control': 'no-store' } })
    },
  }
}

async function nextVersion(host: MigrationHost, after: string | null, signal: AbortSignal): Promise<string> {
  const end = Date.now() + MAX_WAIT_MS
  let version = await host.version()
  while (version === after && Date.now() < end && !signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    version = await host.version()
  }
  return version
}

/** Options are values of a body, so they are JSON: its type just does not say so. */
function withEdits<Body extends { readonly edits: readonly unknown[] }>(body: Body) {
  return { ...body, edits: body.edits as readonly SchemaEdit[] }
}
