import type { Maintenance, MaintenanceOptions, StartMaintenance } from './maintenance'

/**
 * A maintenance thread that starts with the first work for it. The first checkpoint is due after megabytes of writes: until then the thread would
 * only cost the start its time, and the process 10 MB.
 */
export function lazyMaintenance(start: StartMaintenance, options: MaintenanceOptions): Maintenance {
  let starting: Promise<Maintenance> | null = null
  const thread = (): Promise<Maintenance> => {
    starting ??= start(options).catch((error: unknown) => {
      // The next checkpoint tries again.
      starting = null
      throw error
    })
    return starting
  }
  return {
    checkpoint: async (mode) => (await thread()).checkpoint(mode),
    snapshot: async (to) => (await thread()).snapshot(to),
    async close() {
      const started = await starting?.catch(() => null)
      await started?.close()
    },
  }
}
