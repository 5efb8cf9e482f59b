import { defineService } from '@koyalite/kernel'
import { JOBS_AREA, type TaskRoutesOptions, taskRoutes } from './task-routes'

/** Background work of all services, for operators. */
export const tasksService = defineService({
  name: 'jobs',
  adminAreas: [JOBS_AREA],
  open: (needs: TaskRoutesOptions) => ({ port: {}, routes: () => taskRoutes(needs) }),
})
