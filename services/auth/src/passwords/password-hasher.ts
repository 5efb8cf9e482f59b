import { HashingThreads, type HashingThreadsOptions } from './hashing-threads'
import { isPossiblePassword, normalizePassword } from './password-policy'

/**
 * Hashes and verifies passwords (argon2id). Both run on threads that let requests go first, only so many at a time:
 * they take a processor and 19 MiB each for tens of milliseconds.
 */
export interface PasswordHasher {
  /**
   * Starts all threads, which run from then on: later the system may have none left. For a server, before it serves.
   */
  start(): Promise<void>
  /** Of the password's normalised form. */
  hash(password: string): Promise<string>
  /**
   * Against a stored hash; with null against one that nobody's password has, and what is too long to be a password the
   * same: in the same time. One that is not normalised is also tried as it was typed, since hashes were once made so.
   */
  verify(password: string, hash: string | null): Promise<PasswordMatch>
}

export interface PasswordMatch {
  readonly matches: boolean
  /**
   * To be stored instead of the hash, which is of the password as it was typed once; null where it need not be
   * replaced.
   */
  readonly replacement: string | null
}

export interface PasswordHasherOptions extends HashingThreadsOptions {
  /** KiB, and rounds. The defaults are OWASP's least. */
  readonly memoryCost?: number
  readonly timeCost?: number
}

const NO_MATCH: PasswordMatch = { matches: false, replacement: null }

/** As much work as a password. */
const IMPOSSIBLE = 'too long'

export function createPasswordHasher(options: PasswordHasherOptions = {}): PasswordHasher {
  const { memoryCost = 19_456, timeCost = 2 } = options
  const cost = { memoryCost, timeCost }
  const threads = new HashingThreads(options)
  const hash = (password: string) => threads.run((thread) => thread.hash(normalizePassword(password), cost))
  let nobodys: Promise<string> | undefined
  /** Made at the first need: it costs as much as any other. One that failed must not fail all that come later. */
  const hashOfNobody = (): Promise<string> => {
    nobodys ??= hash(crypto.randomUUID()).catch((error: unknown) => {
      nobodys = undefined
      throw error
    })
    // Where there is a stored hash, nobody waits for it.
    nobodys.catch(() => {})
    return nobodys
  }
  return {
    start: () => threads.start(),
    hash,
    async verify(password, stored) {
      const other = hashOfNobody()
      const compared = stored ?? (await other)
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
