import { workerFile } from '@koyalite/contracts'

/** What the build of the executable must add to its entry points, from the root of the repository. */
export const HASHING_WORKER = 'services/auth/src/passwords/hashing-worker.ts'

export interface HashingCost {
  /** KiB. */
  readonly memoryCost: number
  readonly timeCost: number
}

export type HashingRequest =
  | { readonly type: 'hash'; readonly password: string; readonly cost: HashingCost }
  | { readonly type: 'verify'; readonly password: string; readonly hash: string }

export type HashingReply =
  | { readonly ok: true; readonly value: string | boolean }
  | { readonly ok: false; readonly message: string }

/** A thread that hashes, one password at a time, and lets requests go first. */
export interface HashingThread {
  hash(password: string, cost: HashingCost): Promise<string>
  verify(password: string, hash: string): Promise<boolean>
  end(): void
}

export function startHashingThread(): HashingThread {
  const worker = new Worker(workerFile(HASHING_WORKER, import.meta.url), { smol: true, name: 'koyalite-hashing' })
  // It keeps the process from ending only while somebody waits for it.
  worker.unref()
  let waiting: PromiseWithResolvers<string | boolean> | null = null
  worker.onmessage = ({ data }: MessageEvent<HashingReply>) => {
    worker.unref()
    if (data.ok) waiting?.resolve(data.value)
    else waiting?.reject(new Error(data.message))
  }
  worker.onerror = ({ message }) => waiting?.reject(new Error(`a hashing thread ended: ${message}`))
  const ask = (request: HashingRequest): Promise<string | boolean> => {
    waiting = Promise.withResolvers()
    worker.ref()
    worker.postMessage(request)
    return waiting.promise
  }
  return {
    hash: (password, cost) => ask({ type: 'hash', password, cost }) as Promise<string>,
    verify: (password, hash) => ask({ type: 'verify', password, hash }) as Promise<boolean>,
    end: () => void worker.terminate(),
  }
}
