import { workerFile } from '@koyalite/contracts'
import { startThread } from '@koyalite/sqlite'

/** What the build of the executable must add to its entry points, from the root of the repository. */
export const HASHING_WORKER = 'services/auth/src/passwords/hashing-worker.ts'

export interface HashingCost {
  /** KiB. */
  readonly memoryCost: number
  readonly timeCost: number
}

export type HashingRequest =
  | { readonly type: 'ready' }
  | { readonly type: 'hash'; readonly password: string; readonly cost: HashingCost }
  | { readonly type: 'verify'; readonly password: string; readonly hash: string }

export type HashingReply =
  | { readonly ok: true; readonly value: string | boolean }
  | { readonly ok: false; readonly message: string }

/** A thread that hashes, one password at a time, and lets requests go first. */
export interface HashingThread {
  /** It did not start, or has ended: nothing is to be asked of it again. */
  readonly ended: boolean
  /** Resolves when it runs. */
  ready(): Promise<void>
  hash(password: string, cost: HashingCost): Promise<string>
  verify(password: string, hash: string): Promise<boolean>
}

/** Throws if it cannot be started; if that shows later, its calls reject. */
export function startHashingThread(): HashingThread {
  const worker = startThread(workerFile(HASHING_WORKER, import.meta.url), 'koyalite-hashing')
  // It keeps the process from ending only while somebody waits for it.
  worker.unref()
  let waiting: PromiseWithResolvers<string | boolean> | null = null
  let end: Error | null = null
  worker.onmessage = ({ data }: MessageEvent<HashingReply>) => {
    worker.unref()
    if (data.ok) waiting?.resolve(data.value)
    else waiting?.reject(new Error(data.message))
  }
  const ended = (error: Error) => {
    end ??= error
    waiting?.reject(end)
  }
  worker.onerror = ({ message }) => ended(new Error(`a hashing thread exited: ${message}`))
  worker.addEventListener('close', () => ended(new Error('a hashing thread exited')))
  const ask = (request: HashingRequest): Promise<string | boolean> => {
    if (end !== null) return Promise.reject(end)
    waiting = Promise.withResolvers()
    worker.ref()
    worker.postMessage(request)
    return waiting.promise
  }
  return {
    get ended() {
      return end !== null
    },
    ready: async () => {
      await ask({ type: 'ready' })
    },
    hash: (password, cost) => ask({ type: 'hash', password, cost }) as Promise<string>,
    verify: (password, hash) => ask({ type: 'verify', password, hash }) as Promise<boolean>,
  }
}
