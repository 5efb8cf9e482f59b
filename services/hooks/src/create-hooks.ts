import type {
  AuthHooks,
  CodeBundler,
  CodeDocuments,
  CodeDoors,
  CodedProvider,
  CodeEffects,
  CodeProblem,
  CollectionHooks,
  DocumentHooks,
  FieldValidators,
  OperationOverrides,
} from '@koyalite/contracts'
import type { Log, Route, Variables } from '@koyalite/kernel'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { authHooks } from './extensions/auth-hooks'
import { codedProviders } from './extensions/coded-providers'
import { customRoutes } from './extensions/custom-routes'
import { fieldValidators } from './extensions/field-validators'
import { operationOverrides } from './extensions/operation-overrides'
import type { ExtensionParts } from './extensions/run-extension'
import { findHookFiles } from './loading/find-hook-files'
import { HookProblems, type LoadedHooks, loadHooks, NO_HOOKS } from './loading/load-hooks'
import { refusedWrites } from './loading/refused-writes'
import { type RunnableHook, runnable } from './running/hook-stats'
import { collectionHooks } from './running/run-hooks'
import { readStopped, type StoppedHook, stoppedFile, TIMES_UNTIL_OFF, writeStopped } from './watchdog/stopped-hooks'
import { createWatchdog } from './watchdog/watchdog'

export interface HooksOptions {
  /** The project's folder. */
  readonly dir: string
  readonly database: Pick<Database, 'write'>
  readonly log: Log
  readonly bundler: CodeBundler
  readonly effects: CodeEffects
  readonly codeDocuments: CodeDocuments
  readonly doors: CodeDoors
  /** Takes providers of accounts over, or says what is wrong with their names: then nothing has changed. */
  provide(providers: readonly CodedProvider[]): readonly { readonly name: string; readonly message: string }[]
  readonly isDev: boolean
  readonly project: () => HookProject
  /** How long a hook may hold the event loop. Milliseconds. @default 10_000 */
  readonly limitMs?: number
}

/** What hooks are loaded by. */
export interface HookProject {
  readonly schema: Schema
  /** What `${VAR}` stands for. */
  readonly variables: Variables
}

/** What code of the project is asked besides hooks of collections. */
export interface Extensions {
  readonly validators: FieldValidators
  readonly auth: AuthHooks
  readonly overrides: OperationOverrides
}

/** Hooks of a project: what is loaded of them now. */
export interface Hooks {
  readonly documents: DocumentHooks
  readonly extensions: Extensions
  /** Loads what is in the folder now. What was loaded stays where that fails. @throws HookProblems */
  load(): Promise<void>
  /** From now on nothing is written: hooks that cannot be loaded are not left out. */
  refuse(problem: string): void
  /** Those of the project, by the schema as it is now. */
  routes(): readonly Route[]
  /** Whether the folder has any, or something is loaded. */
  hasAny(): boolean
  readonly files: readonly string[]
  list(): readonly RunnableHook[]
  /** Why a hook does not run; null: it does. */
  whyOff(hook: RunnableHook): string | null
  /** Hooks that held the server until it was replaced, and whose code is as it was. */
  stopped(): readonly StoppedHook[]
  /** Waits for what runs after writes, at most so long. */
  settle(ms: number): Promise<void>
  close(): void
}

const LIMIT_MS = 10_000

export function createHooks(options: HooksOptions): Hooks {
  const { dir, log, project } = options
  const file = stoppedFile(dir)
  const watchdog = createWatchdog({ file, limitMs: options.limitMs ?? LIMIT_MS })
  const running = new Set<Promise<void>>()
  let loaded: LoadedHooks = NO_HOOKS
  let hooks: readonly RunnableHook[] = []
  let stopped: readonly StoppedHook[] = readStopped(file)
  let byCollection = new Map<string, CollectionHooks>()
  let refused: DocumentHooks | null = null

  const whyOff = ({ place, hash }: RunnableHook): string | null => {
    const times = stopped.find((one) => one.place === place && one.hash === hash)?.at.length ?? 0
    if (times < TIMES_UNTIL_OFF) return null
    return `it has held the server for good ${times} times, which had to be started again. Change its file to switch it on`
  }
  const parts: ExtensionParts = {
    documents: options.codeDocuments,
    ...{ effects: options.effects, database: options.database, log, watchdog, running, whyOff, isDev: options.isDev },
    env: () => environmentOf(project().variables),
    collections: () => [...project().schema.collections.keys()],
  }
  let extensions = extensionsOf(parts, [])
  return {
    extensions: {
      validators: { of: (name) => (refused === null ? extensions.validators.of(name) : null) },
      get auth() {
        return extensions.auth
      },
      overrides: { of: (...asked) => extensions.overrides.of(...asked) },
    },
    documents: {
      of: (collection) => (refused === null ? (byCollection.get(collection) ?? null) : refused.of(collection)),
    },
    async load() {
      const next = await loadHooks(dir, {
        ...{ bundler: options.bundler, doors: options.doors, schema: project().schema },
      })
      const runnables = next.hooks.map(runnable)
      const misnamed = options.provide(codedProviders(parts, runnables))
      if (misnamed.length > 0) throw new HookProblems(misnamed.map((one) => problemOf(runnables, one)))
      loaded = next
      refused = null
      hooks = runnables
      extensions = extensionsOf(parts, hooks)
      byCollection = new Map(
        [
          ...Map.groupBy(
            hooks.filter(({ kind }) => kind === 'document'),
            ({ collection }) => collection,
          ),
        ].map(([name, own]) => [name, collectionHooks(parts, own)]),
      )
      forgetOthers()
      watchdog.watch(hooks)
      for (const hook of hooks) {
        const why = whyOff(hook)
        if (why !== null) log.error({ hook: hook.file }, `${hook.place} is switched off: ${why}`)
      }
    },
    refuse(problem) {
      refused = refusedWrites(problem)
    },
    routes: () => customRoutes({ ...parts, doors: options.doors }, hooks),
    hasAny: () => hooks.length > 0 || findHookFiles(dir).length > 0,
    get files() {
      return loaded.files
    },
    list: () => hooks,
    whyOff,
    stopped: () => stopped,
    async settle(ms) {
      if (running.size === 0) return
      const { promise: late, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, ms)
      await Promise.race([Promise.allSettled([...running]), late])
      clearTimeout(timer)
    },
    close: () => watchdog.close(),
  }

  /** Of code that has changed nothing is known. */
  function forgetOthers(): void {
    const kept = stopped.filter((one) => hooks.some(({ place, hash }) => place === one.place && hash === one.hash))
    if (kept.length !== stopped.length) writeStopped(file, kept)
    stopped = kept
  }
}

function extensionsOf(parts: ExtensionParts, hooks: readonly RunnableHook[]): Extensions {
  return {
    validators: fieldValidators(parts, hooks),
    auth: authHooks(parts, hooks),
    overrides: operationOverrides(parts, hooks),
  }
}

function problemOf(
  hooks: readonly RunnableHook[],
  { name, message }: { readonly name: string; readonly message: string },
): CodeProblem {
  const file = hooks.find(({ provider }) => provider?.name === name)?.file ?? 'hooks'
  return { file, position: null, message: `a provider cannot have this name: ${message}` }
}

function environmentOf(variables: Variables): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(variables).filter((pair): pair is [string, string] => pair[1] !== undefined))
}
