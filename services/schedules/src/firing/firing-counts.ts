import type { MetricSource } from '@koyalite/kernel'
import type { Firing, FiringOutcome } from '../store/firings'

/** Firings since the start, for the metrics. */
export interface FiringCounts {
  add(firings: readonly Firing[]): void
  readonly metrics: readonly MetricSource[]
}

/** @param overdue how many schedules should have fired long ago */
export function createFiringCounts(overdue: () => number): FiringCounts {
  const counts: Record<FiringOutcome, number> = { queued: 0, skipped: 0, missed: 0, failed: 0 }
  let lateSeconds = 0
  return {
    add(firings) {
      for (const { outcome, cause, count, recordedAt, dueAt } of firings) {
        counts[outcome] += count
        if (cause === 'due') lateSeconds += Math.max(0, recordedAt - dueAt) / 1_000
      }
    },
    metrics: [
      {
        name: 'schedule_firings_total',
        help: 'Firings of schedules, by what came of them.',
        kind: 'counter',
        read: () => Object.entries(counts).map(([outcome, value]) => ({ labels: { outcome }, value })),
      },
      {
        name: 'schedule_lateness_seconds_total',
        help: 'Time between when firings were due and when they happened, jitter included, of those that were not missed.',
        kind: 'counter',
        read: () => lateSeconds,
      },
      {
        name: 'schedules_overdue',
        help: 'Schedules that should have fired two periods ago, and have not.',
        kind: 'gauge',
        read: overdue,
      },
    ],
  }
}
