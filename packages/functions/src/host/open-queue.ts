import type { PushedJob, PushOptions, Queue } from '../queue-types'
import type { PartClient } from './open-part'

interface SentJob extends PushOptions {
  readonly name: string
  readonly payload?: unknown
}

/** @param path that jobs are sent to: of `ctx.queue`, or of a transaction */
export function openQueue(client: PartClient, path: string): Queue {
  const send = async (jobs: readonly SentJob[]): Promise<readonly PushedJob[]> => {
    const answer = (await client.request('POST', path, { body: { jobs } })) as { readonly jobs: readonly PushedJob[] }
    return answer.jobs
  }
  return {
    async push(name, payload, options) {
      const [pushed] = await send([{ ...options, name, payload }])
      return pushed as PushedJob
    },
    pushMany: async (name, jobs) => (jobs.length === 0 ? [] : send(sentJobs(name, jobs))),
  }
}

/** By option, so that none is forgotten. */
const OPTIONS: Readonly<Record<keyof PushOptions, true>> = {
  ...{ delay: true, run_at: true, priority: true, key: true, on_conflict: true, key_for: true, group: true },
}

function sentJobs(name: string, jobs: readonly unknown[]): readonly SentJob[] {
  if (!jobs.every(hasPayload)) return jobs.map((payload) => ({ name, payload }))
  const unknown = jobs.flatMap((job) => Object.keys(job)).find((key) => key !== 'payload' && !(key in OPTIONS))
  if (unknown !== undefined) {
    throw new TypeError(
      `'${unknown}' is not an option of a job. If the input of ${name} has a field 'payload', write { payload: input } for each of them.`,
    )
  }
  return jobs.map((job) => ({ ...job, name }))
}

function hasPayload(job: unknown): job is { readonly payload: unknown } {
  return typeof job === 'object' && job !== null && Object.hasOwn(job, 'payload')
}
