import { type Api, expectStatus } from '@koyalite/testkit'

/** What ran, by the key of its job. */
export const SCHEMA = `version: 1
collections:
  ticks:
    fields:
      id: { type: int, primary: true, default: auto }
      key: { type: string, index: true }
      note: { type: string, nullable: true }
`

const TICK = `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { admin: true, queue: true },
  input: { note: { type: 'string', required: false } },
  async handler(input: { note?: string }, ctx) {
    const refused = await ctx.db.collection('ticks').list().catch((error: any) => error.code)
    if (refused !== 'NO_CALLER' || ctx.auth !== null) throw new Error('it has a caller')
    await ctx.admin.db.collection('ticks').create({ key: ctx.job?.key ?? '', note: input.note ?? null })
  },
})
`

/** Runs until it is let go. */
const SLOW = `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { admin: true, queue: true },
  async handler(_, ctx) {
    const ticks = ctx.admin.db.collection('ticks')
    await ticks.create({ key: 'slow begun' })
    while ((await ticks.filter({ key: 'go' }).count()) === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  },
})
`

export const FILES = { 'functions/tick.ts': TICK, 'functions/slow.ts': SLOW }

export interface FiringBody {
  readonly outcome: 'queued' | 'skipped' | 'missed' | 'failed'
  readonly cause: 'due' | 'missed' | 'manual'
  readonly due_at: string
  readonly count: number
  readonly job: { readonly id: string; readonly state: string | null } | null
}

/** What came of the firings of a schedule, oldest first. */
export async function firingsOf(api: Api, name: string): Promise<readonly FiringBody[]> {
  const { firings } = expectStatus(await api.get(`/api/admin/schedules/${name}/firings?limit=500`), 200).body
  return firings.toReversed()
}

/** Keys of the jobs that ran. */
export async function ticksOf(api: Api, schedule: string): Promise<readonly string[]> {
  const found: string[] = []
  for (let page = 0; ; page++) {
    const { docs } = expectStatus(await api.get(`/api/collections/ticks?limit=500&offset=${page * 500}`), 200).body
    found.push(...docs.map(({ key }: { key: string }) => key).filter((key: string) => key.startsWith(`${schedule}@`)))
    if (docs.length < 500) return found
  }
}
