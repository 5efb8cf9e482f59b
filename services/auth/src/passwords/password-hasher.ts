import { availableParallelism } from 'node:os'
import { AppError } from '@koyalite/contracts'
import { isPossiblePassword } from './password-policy'

/**
 * Hashes and verifies passwords (argon2id). Both run on other threads, only so many at a time: they take a processor and 19 MiB each for
 * tens of milliseconds, and the event loop needs a processor too.
 */
export interface PasswordHasher {
  hash(password: string): Promise<string>
  /** Against a stored hash; with null against one that nobody's password has, and what is too long to be a password the same: in the same time. */
  verify(password: string, hash: string | null): Promise<boolean>
}

export interface PasswordHasherOptions {
  /** KiB, and rounds. The defaults are OWASP's least. */
  readonly memoryCost?: number
  readonly timeCost?: number
  readonly concurrency?: number
  /** How many may wait; whoever comes later is told to come back. */
  readonly maxWaiting?: number
}

/** As much work as a password. */
const IMPOSSIBLE = 'too long'

export function createPasswordHasher(options: PasswordHasherOptions = {}): PasswordHasher {
  const { memoryCost = 19_456, timeCost = 2, maxWaiting = 100 } = options
  const argon2 = { algorithm: 'argon2id', memoryCost, timeCost } as const
  const slots = createSlots(options.concurrency ?? Math.max(1, availableParallelism() - 1), maxWaiting)
  let nobodys: Promise<string> | undefined
  return {
    hash: (password) => slots.run(() => Bun.password.hash(password, argon2)),
    async verify(password, hash) {
      // Made at the first need: it costs as much as any other.
      nobodys ??= Bun.password.hash(crypto.randomUUID(), argon2)
      const compared = hash ?? (await nobodys)
      const isPossible = isPossiblePassword(password)
      const matches = await slots.run(() => Bun.password.verify(isPossible ? password : IMPOSSIBLE, compared))
      return matches && isPossible && hash !== null
    },
  }
}

function createSlots(concurrency: number, maxWaiting: number) {
  let running = 0
  const waiting: (() => void)[] = []
  return {
    async run<T>(work: () => Promise<T>): Promise<T> {
      if (running < concurrency) running++
      else {
        if (waiting.length >= maxWaiting) {
          throw new AppError('UNAVAILABLE', 'Too many people are signing in at this moment. Try again.', {
            headers: { 'retry-after': '2' },
          })
        }
        // The slot is handed over: `running` stays as it is.
        await new Promise<void>((resolve) => waiting.push(resolve))
      }
      try {
        return await work()
      } finally {
        const next = waiting.shift()
        if (next) next()
        else running--
      }
    },
  }
}
