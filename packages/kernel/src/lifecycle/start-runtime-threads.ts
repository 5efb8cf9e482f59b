import { pbkdf2 } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'

/** Some milliseconds of work: so long that each thread of the pool is needed. */
const ROUNDS = 4_000

/**
 * Makes the runtime start the threads that it would start when they are first needed (those of its pool, for files and cryptography, and that of its
 * HTTP client), and keep them. Where the system has no thread left at that moment, it ends the whole process.
 */
export async function startRuntimeThreads(): Promise<void> {
  const work = promisify(pbkdf2)
  await Promise.all([
    ...Array.from({ length: availableParallelism() }, () => work('', 'koyalite', ROUNDS, 32, 'sha256')),
    // Nothing listens there, and no proxy is used: the thread starts anyway.
    fetch('http://localhost/', { unix: '/nonexistent/koyalite' }).catch(() => {}),
  ])
}
