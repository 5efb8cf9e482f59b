import { availableParallelism } from 'node:os'
import { AppError } from '@koyalite/contracts'
import { type HashingThread, startHashingThread } from './hashing-thread'
import { isPossiblePassword, normalizePassword } from './password-policy'

/**
 * Hashes and verifies passwords (argon2id). Both run on threads that let requests go first, only so many at a time: they take a processor and 19 MiB each
 * for tens of milliseconds.
 */
export interface PasswordHasher {
  /** Of the password's normalised form. */
  hash(password: string): Promise<string>
  /**
   * Against a stored hash; with null against one that nobody's password has, and what is too long to be a password the same: in the same time.
   * One that is not normalised is also tried as it was typed, since hashes were once made so.
   */
  verify(password: string, hash: string | null): Promise<PasswordMatch>
}

export interface PasswordMatch {
  readonly matches: boolean
  /** To be stored instead of the hash, which is of the password as it was typed once; null where it need not be replaced. */
  readonly replacement: string | null
}

export interface PasswordHasherOptions {
  /** KiB, and rounds. The defaults are OWASP's least. */
  readonly memoryCost?: number
  readonly timeCost?: number
  readonly concurrency?: number
  /** How many may wait; whoever comes later is told to come back. */
  readonly maxWaiting?: number
}

const NO_MATCH: PasswordMatch = { matches: false, replacement: null }

/** As much work as a password. */
const IMPOSSIBLE = 'too long'

export function createPasswordHasher(options: PasswordHasherOptions = {}): PasswordHasher {
  const { memoryCost = 19_456, timeCost = 2, maxWaiting = 100 } = options
  const cost = { memoryCost, timeCost }
  const threads = createThreads(options.concurrency ?? Math.max(1, availableParallelism() - 1), maxWaiting)
  const hash = (password: string) => threads.run((thread) => thread.hash(normalizePassword(password), cost))
  let nobodys: Promise<string> | undefined
  return {
    hash,
    async verify(password, stored) {
      // Made at the first need: it costs as much as any other.
      nobodys ??= hash(crypto.randomUUID())
      const compared = stored ?? (await nobodys)
      const fits = async (candidate: string): Promise<boolean> => {
        const isPossible = isPossiblePassword(candidate)
        const matches = await threads.run((thread) => thread.verify(isPossible ? candidate : IMPOSSIBLE, compared))
        return matches && isPossible && stored !== null
      }
      const normal = normalizePassword(password)
      if (await fits(normal)) return { matches: true, replacement: null }
      // How often it is tried depends on what was typed alone, not on whether there is such an account.
      if (normal === password || !(await fits(password))) return NO_MATCH
      return { matches: true, replacement: await hash(password) }
    },
  }
}

/** A thread that nobody needs for so long is ended: it holds some megabytes. */
const IDLE_MS = 60_000

function createThreads(most: number, maxWaiting: number) {
  const idle: HashingThread[] = []
  const waiting: ((thread: HashingThread) => void)[] = []
  let running = 0
  let tidying: Timer | undefined

  async function taken(): Promise<HashingThread> {
    if (running < most) {
      running++
      return idle.pop() ?? startHashingThread()
    }
    if (waiting.length >= maxWaiting) {
      throw new AppError('UNAVAILABLE', 'Too many people are signing in at this moment. Try again.', {
        headers: { 'retry-after': '2' },
      })
    }
    return new Promise((resolve) => waiting.push(resolve))
  }

  function given(thread: HashingThread): void {
    const next = waiting.shift()
    if (next) {
      next(thread)
      return
    }
    running--
    idle.push(thread)
    clearTimeout(tidying)
    tidying = setTimeout(() => {
      for (const one of idle.splice(0)) one.end()
    }, IDLE_MS)
    tidying.unref()
  }

  return {
    async run<T>(work: (thread: HashingThread) => Promise<T>): Promise<T> {
      let thread = await taken()
      try {
        return await work(thread)
      } catch (error) {
        thread.end()
        thread = startHashingThread()
        throw error
      } finally {
        given(thread)
      }
    },
  }
}
