import type { ScheduleHealth, Schedules } from '@koyalite/contracts'
import { defineService } from '@koyalite/kernel'
import { SCHEDULES_AREA } from './admin-areas'
import { createSchedules, type SchedulesOptions } from './create-schedules'
import { SCHEDULE_TABLES } from './store/schedule-tables'

export type SchedulesNeeds = Omit<SchedulesOptions, 'clock'>

export interface SchedulesPort extends Schedules {
  health(): ScheduleHealth
}

/** Functions that run by themselves: SPEC.md. */
export const schedulesService = defineService({
  name: 'schedules',
  tables: SCHEDULE_TABLES,
  adminAreas: [SCHEDULES_AREA],
  open(needs: SchedulesNeeds) {
    const { routes, fire: _, start, close, ...port } = createSchedules(needs)
    return { port: port satisfies SchedulesPort, routes: () => routes, start: async () => start(), close }
  },
})
