/**
 * A question that a service asks itself in another process of the same server: a worker asks the primary, the primary asks the workers. Input and output
 * are data, as `structuredClone` takes it.
 */
export interface Call<Input, Output> {
  /** `audit.keep`: the service, then what it is about. */
  readonly name: string
  readonly types?: (input: Input) => Output
}

export function defineCall<Input, Output>(name: string): Call<Input, Output> {
  return { name }
}

/** What a process is to its services: one process of a server stores; those beside it, if there are any, serve reads and forward everything else. */
export type Role = PrimaryRole | WorkerRole

export interface PrimaryRole {
  readonly kind: 'primary'
  /** Answers a question of workers. */
  answer<Input, Output>(call: Call<Input, Output>, handle: (input: Input) => Output | Promise<Output>): void
  /** The response of each worker; those that do not respond in time are left out. */
  askWorkers<Input, Output>(call: Call<Input, Output>, input: Input): Promise<readonly Output[]>
  /** The response of one worker, by its `index`; null if there is none, or it does not respond in time. */
  askWorker<Input, Output>(index: number, call: Call<Input, Output>, input: Input): Promise<Output | null>
}

export interface WorkerRole {
  readonly kind: 'worker'
  /** Among the workers of the server, from 1. One that takes the place of another has its index. */
  readonly index: number
  /** How many workers the server has. */
  readonly count: number
  /** Notices now what the primary has committed until now. */
  catchUp(): void
  /** Answers a question of the primary. */
  answer<Input, Output>(call: Call<Input, Output>, handle: (input: Input) => Output | Promise<Output>): void
  /** Rejects where the primary throws, or is gone. */
  askPrimary<Input, Output>(call: Call<Input, Output>, input: Input): Promise<Output>
}

/** The handlers of calls in this process. */
export interface CallHandlers {
  readonly answer: Role['answer']
  /** Rejects for a call without a handler here. */
  handle(name: string, input: unknown): Promise<unknown>
}

export function createCallHandlers(): CallHandlers {
  const handlers = new Map<string, (input: never) => unknown>()
  return {
    answer(call, handle) {
      if (handlers.has(call.name)) throw new Error(`two handlers of the call ${call.name}`)
      handlers.set(call.name, handle)
    },
    async handle(name, input) {
      const handle = handlers.get(name)
      if (handle === undefined) throw new Error(`nobody answers the call ${name}`)
      // Both ends have the same `Call`, which says what the input is.
      return handle(input as never)
    },
  }
}

/** The role of a process that has no workers: commands and tests. */
export function alone(): PrimaryRole {
  return { kind: 'primary', answer() {}, askWorkers: async () => [], askWorker: async () => null }
}
