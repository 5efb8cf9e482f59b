import { AppError, type JobQueue, type TransactionOperation, type Transactions } from '@koyalite/contracts'
import type { RunningCalls } from '../calls/running-calls'
import { type PushContext, preparePush } from './push-jobs'

/** Pushing jobs, and ending the job that a call runs, as parts of its transactions. */
export function addToTransactions(
  transactions: Transactions,
  context: PushContext & { readonly queue: Pick<JobQueue, 'push' | 'complete'>; readonly running: RunningCalls },
): void {
  const { running, queue } = context
  transactions.extend('jobs', (headers, sent): TransactionOperation => {
    const { count, about, run } = preparePush(context, running.required(headers), sent)
    return { name: 'queue.push', size: count, about, run }
  })
  transactions.extend('completes', (headers): TransactionOperation => {
    const { function: name, job } = running.required(headers)
    if (job === null)
      throw new AppError('INVALID_REQUEST', `This call of ${name} runs no job: leave { completes: true } out.`)
    return {
      ...{ name: 'completes', size: 1, about: [] },
      run(tx) {
        queue.complete(tx, job.lease, null)
        return null
      },
    }
  })
}
