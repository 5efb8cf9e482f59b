import { byRules } from '@koyalite/access'
import { type Actor, AppError } from '@koyalite/contracts'
import { type Route, route } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import type { Jobs } from '../create-jobs'
import { findJob, type Job } from '../store/jobs-table'
import { ownJob, ownJobOf } from './job-view'

/** What became of a job, for who pushed it. */
export function ownJobRoutes(jobs: Jobs, database: Database): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/jobs/:id',
      name: 'getJob',
      summary: 'Get the state, progress and result of a job of your own',
      access: byRules,
      responses: { 200: ownJob },
      handle({ actor, params }) {
        const job = findJob(database, params.id)
        if (job === null || !isOwn(actor, job))
          throw new AppError('NOT_FOUND', 'There is no such job of yours, or it is no longer kept.')
        return ownJobOf(jobs, job)
      },
    }),
  ]
}

/** Nobody is nobody's equal: what anonymous callers and the server push is nobody's own. */
function isOwn(actor: Actor, { actor: owner }: Job): boolean {
  if (owner === null || owner.kind === 'anonymous' || owner.kind === 'system') return false
  return actor.kind === owner.kind && 'id' in actor && actor.id === owner.id
}
