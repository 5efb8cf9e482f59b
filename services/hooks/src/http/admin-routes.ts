import { admin } from '@koyalite/access'
import { percentile } from '@koyalite/contracts'
import { type Route, route } from '@koyalite/kernel'
import { z } from 'zod'
import { HOOKS_AREA } from '../admin-areas'
import type { Hooks } from '../create-hooks'
import type { RunnableHook } from '../running/hook-stats'

const seen = z.object({
  collection: z.string(),
  hook: z.string().describe('`beforeCreate`, say.'),
  file: z.string(),
  runs: z.int().describe('Since the server was started or the file was changed last.'),
  p95: z.number().nullable().describe('How long it holds the server, in milliseconds; null: it has not run.'),
  slow: z.int().describe('Runs of more than 50 ms.'),
  failures: z.int(),
  last_error: z.object({ at: z.iso.datetime(), message: z.string() }).nullable(),
  off: z.string().nullable().describe('Why it does not run: then what it belongs to is refused. Null: it runs.'),
  ended: z.array(z.iso.datetime()).describe('When it held the server for good, so that this was started again.'),
})

const list = z.object({
  enabled: z.boolean(),
  files: z.array(z.string()),
  hooks: z.array(seen),
})

/** Hooks for operators. */
export function adminRoutes({
  hooks,
  enabled,
}: {
  readonly hooks: Hooks
  readonly enabled: boolean
}): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/admin/hooks',
      name: 'listHooks',
      summary: 'List the hooks of the project, and how their runs went',
      access: admin(HOOKS_AREA, 'read'),
      responses: { 200: list },
      handle: () => ({ enabled, files: [...hooks.files], hooks: hooks.list().map((hook) => viewOf(hooks, hook)) }),
    }),
  ]
}

function viewOf(hooks: Hooks, hook: RunnableHook): z.output<typeof seen> {
  const { collection, name, file, place, hash, stats } = hook
  const { times, slow, failures, lastError } = stats
  return {
    ...{ collection, hook: name, file, runs: times.count, slow, failures },
    p95: percentile(times.read(), 0.95),
    last_error: lastError === null ? null : { at: new Date(lastError.at).toISOString(), message: lastError.message },
    off: hooks.whyOff(hook),
    ended: [...(hooks.stopped().find((one) => one.place === place && one.hash === hash)?.at ?? [])],
  }
}
