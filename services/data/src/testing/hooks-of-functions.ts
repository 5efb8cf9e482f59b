import type {
  AfterInput,
  BeforeInput,
  CollectionHooks,
  DocumentHooks,
  HookCall,
  HookOperation,
  HookStage,
  HookValues,
  PrepareInput,
} from '@koyalite/contracts'

type Name = `${HookStage}${Capitalize<HookOperation>}`

type Hook<Stage extends HookStage> = Stage extends 'prepare'
  ? (input: PrepareInput, call: HookCall) => Promise<HookValues | null>
  : Stage extends 'before'
    ? (input: BeforeInput, call: HookCall) => HookValues | null
    : (input: AfterInput, call: HookCall) => void | Promise<void>

/** Hooks of one collection, by their names. */
export type HooksByName = {
  readonly [N in Name]?: N extends `${infer Stage extends HookStage}${Capitalize<HookOperation>}` ? Hook<Stage> : never
}

export interface TestHooks extends DocumentHooks {
  /** Waits for the hooks that run after commits, and throws what the first one threw. */
  settled(): Promise<void>
}

/** Hooks as functions, by collection: what the service of hooks makes of files, for tests of doors. */
export function hooksOfFunctions(collections: Readonly<Record<string, HooksByName>>): TestHooks {
  const running = new Set<Promise<unknown>>()
  const failed: unknown[] = []
  const found = Object.entries(collections).map(([name, hooks]) => {
    const get = <Stage extends HookStage>(stage: Stage, operation: HookOperation) =>
      hooks[`${stage}${operation[0]?.toUpperCase()}${operation.slice(1)}` as Name] as Hook<Stage> | undefined
    return [
      name,
      {
        has: (stage: HookStage, operation: HookOperation) => get(stage, operation) !== undefined,
        async prepare(call: HookCall, input: PrepareInput) {
          return (await get('prepare', call.operation)?.(input, call)) ?? null
        },
        before: (_: unknown, call: HookCall, input: BeforeInput) =>
          get('before', call.operation)?.(input, call) ?? null,
        after(call: HookCall, input: AfterInput) {
          const run = (async () => get('after', call.operation)?.(input, call))()
            .catch((error: unknown) => failed.push(error))
            .finally(() => running.delete(run))
          running.add(run)
        },
      },
    ] as const
  })
  const byName = new Map(found)
  return {
    of: (collection) => byName.get(collection) ?? null,
    async settled() {
      while (running.size > 0) await Promise.all(running)
      if (failed.length > 0) throw failed[0]
    },
  }
}

/** Hooks of every collection for everything, which change nothing. */
export function unchangingHooks(): DocumentHooks {
  const hooks: CollectionHooks = {
    has: () => true,
    prepare: async (_, { data }) => structuredClone(data),
    before: (_, __, { data }) => data,
    after: () => {},
  }
  return { of: () => hooks }
}
