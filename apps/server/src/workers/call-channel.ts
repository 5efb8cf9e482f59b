import type { Call, CallHandlers } from '@koyalite/kernel'

/** What goes between two processes for the calls of services, either way. */
export type CallMessage =
  | { readonly type: 'call'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly type: 'returned'; readonly id: number; readonly value: unknown }
  | { readonly type: 'threw'; readonly id: number; readonly message: string }

/** One end of the channel that a worker and the primary have for the calls of services. */
export interface CallChannel {
  /** Rejects where the other end throws, or goes. */
  call<Input, Output>(call: Call<Input, Output>, input: Input): Promise<Output>
  receive(message: CallMessage): void
  /** The other end is gone: no more responses. */
  close(): void
}

export function createCallChannel(send: (message: CallMessage) => void, handle: CallHandlers['handle']): CallChannel {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let lastId = 0
  const settle = (id: number) => {
    const response = waiting.get(id)
    waiting.delete(id)
    return response
  }
  return {
    call<Input, Output>({ name }: Call<Input, Output>, input: Input) {
      const id = ++lastId
      const response = Promise.withResolvers<unknown>()
      waiting.set(id, response)
      send({ type: 'call', id, name, input })
      // Both ends have the same `Call`, which says what comes back.
      return response.promise as Promise<Output>
    },
    receive(message) {
      const { id } = message
      if (message.type === 'returned') settle(id)?.resolve(message.value)
      else if (message.type === 'threw') settle(id)?.reject(new Error(message.message))
      else
        handle(message.name, message.input).then(
          (value) => send({ type: 'returned', id, value }),
          (error: unknown) => send({ type: 'threw', id, message: String(error) }),
        )
    },
    close() {
      for (const id of [...waiting.keys()]) settle(id)?.reject(new Error('the other process has ended'))
    },
  }
}
