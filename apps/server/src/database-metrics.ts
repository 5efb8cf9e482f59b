import type { MetricSource } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'

/** What is to be watched of a database. */
export function databaseMetrics(database: Pick<Database, 'stats'>): readonly MetricSource[] {
  const checkpoints = () => database.stats().checkpoints
  return [
    {
      name: 'wal_bytes',
      help: 'Size of the write-ahead log that is in use.',
      kind: 'gauge',
      read: () => checkpoints()?.walBytes ?? null,
    },
    {
      name: 'wal_blocked_seconds',
      help: 'For how long a reader has kept the write-ahead log from being emptied; 0 if none does.',
      kind: 'gauge',
      read: () => {
        const stats = checkpoints()
        if (stats === null) return null
        return stats.blockedSince === null ? 0 : Math.max(0, (Date.now() - stats.blockedSince) / 1000)
      },
    },
    {
      name: 'checkpoints_total',
      help: 'Times that the write-ahead log was copied into the database.',
      kind: 'counter',
      read: () => checkpoints()?.checkpoints ?? null,
    },
  ]
}
