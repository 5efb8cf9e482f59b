import type {
  AuthHooks,
  CodeBundler,
  CodeDocuments,
  CodeDoors,
  CodedProvider,
  CodeEffects,
  DocumentHooks,
  FieldValidators,
  OperationOverrides,
} from '@koyalite/contracts'
import { defineService, type Log, type Metrics } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { HOOKS_AREA } from './admin-areas'
import { createHooks, type HookProject, type Hooks } from './create-hooks'
import { HOOKS_SETTINGS, type HooksSettings } from './hooks-settings'
import { adminRoutes } from './http/admin-routes'
import { HookProblems } from './loading/load-hooks'

export interface HooksNeeds {
  readonly dir: string
  readonly database: Database
  readonly data: {
    /** From now on what writes documents asks these. */
    hooked(hooks: DocumentHooks): void
    validateBy(validators: FieldValidators): void
    overrideBy(overrides: OperationOverrides): void
    readonly documents: CodeDocuments
  }
  readonly auth: {
    hooked(hooks: AuthHooks): void
    provide(providers: readonly CodedProvider[]): readonly { readonly name: string; readonly message: string }[]
  }
  readonly functions: { readonly code: CodeBundler; readonly effects: CodeEffects; readonly doors: CodeDoors }
  /** Its routes are others now. */
  readonly routesChanged: () => void
  readonly log: Log
  readonly metrics: Pick<Metrics, 'register'>
  readonly mode: 'dev' | 'start'
  readonly loaded: HookProject & { readonly settings: HooksSettings }
}

export interface HooksPort {
  /** Loads what is in the folder hooks/ now. Returns what is wrong with it: then what was loaded stays. */
  sync(): Promise<readonly string[]>
  hasAny(): boolean
  /** Hooks that do not run because they held the server for good. */
  off(): readonly { readonly place: string; readonly reason: string }[]
  /** Those that did once or twice. */
  stopped(): readonly { readonly place: string; readonly at: readonly string[] }[]
}

const SETTLE_MS = 8_000

/** Code of the project inside of writes, in this process: what is in hooks/. */
export const hooksService = defineService({
  name: 'hooks',
  settings: HOOKS_SETTINGS,
  adminAreas: [HOOKS_AREA],
  async open({ dir, database, data, auth, functions, log, metrics, mode, loaded, routesChanged }: HooksNeeds) {
    let project: HookProject = loaded
    const hooks = createHooks({
      ...{ dir, database, log, bundler: functions.code, effects: functions.effects, isDev: mode === 'dev' },
      ...{ project: () => project, codeDocuments: data.documents, provide: auth.provide },
      doors: functions.doors,
    })
    const { enabled } = loaded.settings.hooks
    /** Of the first load: a server is not started with them, and a command writes nothing. */
    let broken: HookProblems | null = null
    if (enabled && hooks.hasAny()) {
      try {
        await hooks.load()
      } catch (error) {
        if (!(error instanceof HookProblems)) throw error
        broken = error
        hooks.refuse(error.message)
      }
    }
    if (enabled) {
      data.hooked(hooks.documents)
      data.validateBy(hooks.extensions.validators)
      data.overrideBy(hooks.extensions.overrides)
      auth.hooked(currentAuthHooks(hooks))
    } else if (hooks.hasAny())
      log.warn({}, 'The hooks of this project are switched off: what they check and set is not.')
    warnOfMissing(log, hooks, project)
    const unregister = metrics.register(
      {
        name: 'hook_runs_total',
        help: 'Runs of hooks.',
        kind: 'counter',
        read: () => hooks.list().map((hook) => ({ labels: labelsOf(hook), value: hook.stats.times.count })),
      },
      {
        name: 'hook_seconds_total',
        help: 'How long hooks have held the event loop.',
        kind: 'counter',
        read: () => hooks.list().map((hook) => ({ labels: labelsOf(hook), value: hook.stats.times.totalMs / 1_000 })),
      },
      {
        name: 'hook_failures_total',
        help: 'Runs of hooks that failed; what they refused is none.',
        kind: 'counter',
        read: () => hooks.list().map((hook) => ({ labels: labelsOf(hook), value: hook.stats.failures })),
      },
    )
    const port: HooksPort = {
      async sync() {
        if (!enabled || !hooks.hasAny()) return []
        try {
          const hadRoutes = hooks.routes().length > 0
          await hooks.load()
          if (hadRoutes || hooks.routes().length > 0) routesChanged()
          broken = null
          warnOfMissing(log, hooks, project)
          return []
        } catch (error) {
          if (error instanceof HookProblems) return error.message.split('\n')
          throw error
        }
      },
      hasAny: () => enabled && hooks.hasAny(),
      off: () =>
        hooks.list().flatMap((hook) => {
          const reason = hooks.whyOff(hook)
          return reason === null ? [] : [{ place: hook.place, reason }]
        }),
      stopped: () => hooks.stopped(),
    }
    return {
      port,
      use(next: HookProject) {
        project = next
        warnOfMissing(log, hooks, project)
      },
      async start() {
        if (broken !== null) throw broken
      },
      routes: () => [...adminRoutes({ hooks, enabled }), ...(enabled ? hooks.routes() : [])],
      settle: () => hooks.settle(SETTLE_MS),
      close() {
        unregister()
        hooks.close()
      },
    }
  },
})

/** Fields of a type that nobody validates cannot be written. */
function warnOfMissing(log: Log, { extensions }: Hooks, { schema }: HookProject): void {
  for (const { name, validate } of schema.ownTypes.values()) {
    if (extensions.validators.of(validate) !== null) continue
    const message = `fields of type '${name}' cannot be written: no file in hooks/ has the validator '${validate}' (types: { ${validate}(value) { … } })`
    log.warn({ type: name }, message)
  }
}

/** Those that are loaded when they are asked. */
function currentAuthHooks({ extensions }: Hooks): AuthHooks {
  return {
    has: (name) => extensions.auth.has(name),
    beforeRegister: (...asked) => extensions.auth.beforeRegister(...asked),
    beforeLogin: (...asked) => extensions.auth.beforeLogin(...asked),
    after: (...asked) => extensions.auth.after(...asked),
  }
}

function labelsOf({
  collection,
  name,
  file,
}: {
  readonly collection: string
  readonly name: string
  readonly file: string
}) {
  return { collection, hook: name, file }
}
