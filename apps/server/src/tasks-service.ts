import { defineService } from '@koyalite/kernel'
import { type TaskRoutesOptions, taskRoutes } from './task-routes'

/** Background work of all services, for operators. */
export const tasksService = defineService({
  name: 'backgroundTasks',
  open: (needs: TaskRoutesOptions) => ({ port: {}, routes: () => taskRoutes(needs) }),
})
