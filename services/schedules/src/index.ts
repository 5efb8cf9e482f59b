export { passOverRestoredFirings } from './restored-schedules'
export { type SchedulesNeeds, type SchedulesPort, schedulesService } from './schedules-service'
export { pauseCopiedSchedules } from './store/schedules'
