import { AppError, type DeclaredSchedule, type Tx } from '@koyalite/contracts'
import { scheduleProblems } from '../schedule-problems'
import type { SchedulesContext } from '../schedules-context'
import {
  deleteSchedule,
  findSchedule,
  insertSchedule,
  listDeclared,
  nextOwner,
  updateSchedule,
} from '../store/schedules'
import { changedSchedule, newSchedule } from './changed-schedule'

/** Makes these the schedules that the manifest of a function states. @returns what could not be scheduled, in sentences */
export async function declareSchedules(
  context: SchedulesContext,
  owner: string,
  declared: readonly DeclaredSchedule[],
): Promise<readonly string[]> {
  const details = declared.flatMap((one) => scheduleProblems(one))
  if (details.length > 0)
    throw new AppError('VALIDATION_ERROR', `The schedule of the function ${owner} is not valid.`, { details })
  if (isAsDeclared(listDeclared(context.database, owner), declared)) return []
  const { value: problems } = await context.database.write((tx) => {
    const names = new Set(declared.map(({ name }) => name))
    for (const { name } of listDeclared(tx, owner)) if (!names.has(name)) deleteSchedule(tx, name)
    return declared.flatMap((one) => declareOne(tx, { owner, one, now: context.now() }))
  })
  context.rescheduled()
  return problems
}

/** Removes what functions have declared that are no longer there. */
export async function removeOtherOwners(context: SchedulesContext, owners: readonly string[]): Promise<void> {
  const known = new Set(owners)
  const gone: string[] = []
  for (let owner = nextOwner(context.database, ''); owner !== null; owner = nextOwner(context.database, owner)) {
    if (!known.has(owner)) gone.push(owner)
  }
  for (const owner of gone) await declareSchedules(context, owner, [])
}

/** Most reloads change no schedule, and write nothing. */
function isAsDeclared(stored: readonly DeclaredSchedule[], declared: readonly DeclaredSchedule[]): boolean {
  const all = new Map(stored.map((one) => [one.name, one]))
  return (
    all.size === declared.length &&
    declared.every((one) => {
      const known = all.get(one.name)
      return known !== undefined && Bun.deepEquals(specOf(known), specOf(one))
    })
  )
}

function specOf({ cron, timezone, overlap, missed, jitterMs, payload }: DeclaredSchedule) {
  return { cron, timezone, overlap, missed, jitterMs, payload }
}

function declareOne(
  tx: Tx,
  { owner, one, now }: { readonly owner: string; readonly one: DeclaredSchedule; readonly now: number },
): readonly string[] {
  const known = findSchedule(tx, one.name)
  if (known === null) insertSchedule(tx, newSchedule({ ...one, owner, function: owner }, now))
  else if (known.owner === owner) updateSchedule(tx, changedSchedule(known, { ...one, function: owner }, now))
  else return [takenText(one.name, known.owner)]
  return []
}

function takenText(name: string, owner: string | null): string {
  return owner === null
    ? `there is a schedule '${name}' already, made with the admin API: delete it (koyalite schedules delete ${name}), or give this one another name`
    : `the function ${owner} has a schedule '${name}' already: give this one another name`
}
