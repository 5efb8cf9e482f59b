import { type JobHandler, type JobHandlers, type JsonValue, retryDelay } from '@koyalite/contracts'
import type { FunctionQueue } from '../source/manifest/read-queue'
import type { FunctionSet } from '../versions/function-set'
import type { LoadedFunction } from '../versions/loaded-function'
import { type JobContext, runJob } from './run-job'

/** Functions as those who run the jobs that are named after them: what serves when a job begins. */
export function functionJobs(
  context: JobContext,
  functions: Pick<FunctionSet, 'state' | 'list' | 'loaded' | 'late'>,
): JobHandlers {
  return {
    find(name) {
      const serving = functions.state(name)?.serving ?? null
      return serving !== null && runsJobs(serving) ? handlerOf(context, serving) : null
    },
    names: () => functions.list().flatMap(({ name, serving }) => (serving !== null && runsJobs(serving) ? [name] : [])),
    async ready(name) {
      await functions.loaded()
      if (name !== undefined) await functions.late(name)
    },
  }
}

function handlerOf(context: JobContext, serving: WithQueue): JobHandler {
  const { name, timeout, retry, groupConcurrency, keyScope, isSensitive, showsResult } = serving.queue
  return {
    ...{ queue: name, concurrency: null, timeoutMs: timeout, groupConcurrency, keyScope, isSensitive, showsResult },
    retryAfterMs: (errors) => retryDelay(retry, errors),
    problems: (payload: JsonValue) => serving.input?.violations(payload) ?? [],
    run: (job) => runJob(context, serving, { job, timeoutMs: timeout, event: null }),
  }
}

type WithQueue = LoadedFunction & { readonly queue: FunctionQueue }

function runsJobs(fn: LoadedFunction): fn is WithQueue {
  return fn.queue !== null
}
