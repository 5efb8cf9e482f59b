import type { AdminClient } from '@koyalite/client/admin'
import { CommandError } from '../command-error'
import { ApiError, adminOf, withProject } from '../project'

/** Does something with one job of a project. Where there is no such job, the error says how to find one. */
export async function withJob<T>(dir: string | undefined, act: (admin: AdminClient) => Promise<T>): Promise<T> {
  try {
    return await withProject(dir, (project) => act(adminOf(project)))
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error
    throw new CommandError(error.message, { advice: 'Run koyalite jobs list to see the latest.', cause: error })
  }
}
