import type { Maintenance, MaintenanceOptions, StartMaintenance } from './maintenance'

/**
 * A maintenance thread for as long as the database is open. If it has ended, the next job starts another.
 * @param atStart it runs from now on: one that is started when megabytes have been written may be refused by a system that has no threads or descriptors
 * left. Otherwise the first job starts it.
 */
export async function lastingMaintenance(
  start: StartMaintenance,
  { atStart, ...options }: MaintenanceOptions & { readonly atStart: boolean },
): Promise<Maintenance> {
  let current = atStart ? await start(options) : null
  let starting: Promise<Maintenance> | null = null
  const thread = async (): Promise<Maintenance> => {
    if (current !== null && !current.ended) return current
    starting ??= start(options).finally(() => {
      starting = null
    })
    current = await starting
    return current
  }
  return {
    get ended() {
      return current?.ended ?? false
    },
    checkpoint: async (mode) => (await thread()).checkpoint(mode),
    snapshot: async (to) => (await thread()).snapshot(to),
    verify: async (tables) => (await thread()).verify(tables),
    async close() {
      if (current?.ended === false) await current.close()
    },
  }
}
