import type { Maintenance, MaintenanceOptions, StartMaintenance } from './maintenance'

/**
 * A maintenance thread that runs from now on: one that is started when megabytes have been written may be refused by a system that has no threads or
 * descriptors left. If it has ended anyway, the next job starts another.
 */
export async function lastingMaintenance(start: StartMaintenance, options: MaintenanceOptions): Promise<Maintenance> {
  let current = await start(options)
  let starting: Promise<Maintenance> | null = null
  const thread = async (): Promise<Maintenance> => {
    if (!current.ended) return current
    starting ??= start(options).finally(() => {
      starting = null
    })
    current = await starting
    return current
  }
  return {
    get ended() {
      return current.ended
    },
    checkpoint: async (mode) => (await thread()).checkpoint(mode),
    snapshot: async (to) => (await thread()).snapshot(to),
    verify: async (tables) => (await thread()).verify(tables),
    async close() {
      if (!current.ended) await current.close()
    },
  }
}
