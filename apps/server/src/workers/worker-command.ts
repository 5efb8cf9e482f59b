import { fileURLToPath } from 'node:url'
import { ownCommand } from '../reader-command'

/** The first argument by which the executable knows that it is a worker. */
export const WORKER_ARGUMENT = '__worker'

/** Starts a worker: from a clone its own file, else the executable itself. */
export function workerCommand(): string[] {
  return ownCommand(fileURLToPath(new URL('./worker-main.ts', import.meta.url)), WORKER_ARGUMENT)
}
