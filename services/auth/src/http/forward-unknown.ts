import { AppError, NotPrimaryError } from '@koyalite/contracts'
import type { WorkerRole } from '@koyalite/kernel'
import type { SigningKeys } from '../tokens/signing-keys'

/**
 * Decides in a worker who somebody is, by what was committed until now: what was revoked through any process is
 * revoked here. An unknown caller may have signed in with a key that is newer than those this process knows, so it is
 * looked up then.
 */
export function identifyInWorker<T>(
  { role, signingKeys }: { readonly role: WorkerRole; readonly signingKeys: SigningKeys },
  identify: () => T | Promise<T>,
): T | Promise<T> {
  role.catchUp()
  return recovered(identify, async (error) => {
    if (!isUnauthenticated(error) || !(await signingKeys.reload())) throw error
    return identify()
  })
}

/** An unknown caller in a worker is answered by the primary: it counts those who guess. */
export function forwardUnknown<T>(work: () => T | Promise<T>): T | Promise<T> {
  return recovered(work, (error) => {
    throw isUnauthenticated(error) ? new NotPrimaryError() : error
  })
}

function isUnauthenticated(error: unknown): boolean {
  return error instanceof AppError && error.code === 'UNAUTHENTICATED'
}

/** Synchronous where `work` is. */
function recovered<T>(work: () => T | Promise<T>, recover: (error: unknown) => T | Promise<T>): T | Promise<T> {
  try {
    const done = work()
    return done instanceof Promise ? done.catch(recover) : done
  } catch (error) {
    return recover(error)
  }
}
