import { defineService, every, type Tasks } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'

export interface ChangesNeeds {
  readonly database: Pick<Database, 'prune'>
  readonly tasks: Pick<Tasks, 'add'>
}

/** Keeps the change log short. */
export const changesService = defineService({
  name: 'changes',
  open({ database, tasks }: ChangesNeeds) {
    tasks.add({
      name: 'changes.prune',
      summary: 'Removes old entries of the change log',
      schedule: every(60_000),
      run: async () => `${await database.prune()} changes removed`,
    })
    return { port: {} }
  },
})
