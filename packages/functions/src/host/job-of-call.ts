import type { Job } from '../queue-types'
import type { Call } from './call'
import type { PartClient } from './open-part'

/** Null where the call runs no job. */
export function jobOfCall({ info, signal }: Call, server: () => PartClient): Job | null {
  const { job } = info
  if (job === undefined) return null
  return {
    id: job.id,
    attempt: job.attempt,
    key: job.key,
    signal,
    async progress(fraction) {
      if (!(fraction >= 0 && fraction <= 1)) throw new RangeError(`progress is from 0 to 1, not ${fraction}`)
      await server().request('POST', '/internal/v1/job/progress', { body: { progress: fraction } })
    },
  }
}
