import type { ScheduleHealth } from '@koyalite/contracts'
import { type Finding, note, problem, some } from './finding'

/** Schedules that should have fired and have not, and those that wait for somebody since the database was copied. */
export function checkSchedules({
  schedules,
}: {
  readonly schedules: { health(): ScheduleHealth }
}): readonly Finding[] {
  const { overdue, pausedAsCopies } = schedules.health()
  const check = 'schedules'
  const findings: Finding[] = []
  if (overdue.length > 0) {
    const names = some(overdue.map(({ name, dueAt }) => `${name} (due at ${new Date(dueAt).toISOString()})`))
    findings.push(
      problem(
        check,
        `schedules have not fired for two of their periods or more: ${names}`,
        'The log says why: look for the task schedules.fire, or run koyalite schedules show <name>.',
      ),
    )
  }
  if (pausedAsCopies > 0) {
    const count = pausedAsCopies === 1 ? '1 schedule is' : `${pausedAsCopies} schedules are`
    const advice = 'To let one fire here: koyalite schedules resume <name>.'
    findings.push(note(check, `${count} paused, because this database is a copy of another project`, advice))
  }
  return findings
}
