import { HASHING_WORKER } from '@koyalite/auth'
import { WATCHDOG_WORKER } from '@koyalite/hooks-service'
import { WORKER_FILES as DATABASE_WORKERS } from '@koyalite/sqlite'

/** Sources of all threads, from the root of the repository: entry points of their own when an executable is built. */
export const WORKER_FILES = [...DATABASE_WORKERS, HASHING_WORKER, WATCHDOG_WORKER] as const
