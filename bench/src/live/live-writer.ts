/** Somebody who writes, in a thread of its own: what is measured of writes is not how busy the receivers are. */
export interface LiveWriter {
  /** Sends one of the requests; milliseconds from there to its response. */
  write(request: number): Promise<number>
}

export interface WriterOptions {
  readonly port: number
  readonly connections: number
  readonly requests: readonly Uint8Array[]
  /** Status of a response that is a success. */
  readonly success: number
}

export type WriterOrder =
  | ({ readonly type: 'open' } & WriterOptions)
  | { readonly type: 'write'; readonly number: number; readonly request: number }

export type WriterReply =
  | { readonly type: 'open' }
  | { readonly type: 'answered'; readonly number: number; readonly milliseconds: number }
  | { readonly type: 'failure'; readonly reason: string }

export async function startLiveWriter(
  options: WriterOptions,
  onFailure: (reason: string) => void,
): Promise<LiveWriter> {
  const thread = new Worker(new URL('live-writer-thread.ts', import.meta.url).href)
  const waiting = new Map<number, PromiseWithResolvers<number>>()
  const opened = Promise.withResolvers<void>()
  let number = 0
  thread.onmessage = ({ data: response }: MessageEvent<WriterReply>) => {
    if (response.type === 'open') opened.resolve()
    else if (response.type === 'failure') onFailure(response.reason)
    else {
      waiting.get(response.number)?.resolve(response.milliseconds)
      waiting.delete(response.number)
    }
  }
  thread.onerror = ({ message }) => {
    opened.reject(new Error(message))
    for (const { reject } of waiting.values()) reject(new Error(message))
  }
  const order = (one: WriterOrder) => thread.postMessage(one)
  order({ type: 'open', ...options })
  await opened.promise
  return {
    write(request) {
      const response = Promise.withResolvers<number>()
      waiting.set(++number, response)
      order({ type: 'write', number, request })
      return response.promise
    },
  }
}
