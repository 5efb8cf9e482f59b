import type { MetricSource } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'

/** What is to be watched of a database. */
export function databaseMetrics(database: Pick<Database, 'stats'>): readonly MetricSource[] {
  const checkpoints = () => database.stats().checkpoints
  return [
    {
      name: 'wal_bytes',
      help: 'Size of the write-ahead log in use.',
      kind: 'gauge',
      read: () => checkpoints()?.walBytes ?? null,
    },
    {
      name: 'wal_blocked_seconds',
      help: 'How long a reader has blocked checkpoints of the write-ahead log; 0 if none does.',
      kind: 'gauge',
      read: () => {
        const stats = checkpoints()
        if (stats === null) return null
        return stats.blockedSince === null ? 0 : Math.max(0, (Date.now() - stats.blockedSince) / 1000)
      },
    },
    {
      name: 'checkpoints_total',
      help: 'Number of checkpoints.',
      kind: 'counter',
      read: () => checkpoints()?.checkpoints ?? null,
    },
  ]
}
