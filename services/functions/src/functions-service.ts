import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Actor,
  type ActorDirectory,
  type AuditTrail,
  auditedActor,
  type CodeBundler,
  type CodeDoors,
  type CodeEffects,
  type Credentials,
  type JobQueue,
  type MailSender,
  type ProjectEvents,
  type RepeatedRequests,
  type Schedules,
  SYSTEM,
  type Transactions,
} from '@koyalite/contracts'
import {
  type DevNotes,
  defineService,
  every,
  type HttpApp,
  type Log,
  type Metrics,
  type Outbound,
  type RateLimiter,
  type Tasks,
  type UnidentifiedRequest,
} from '@koyalite/kernel'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { FUNCTIONS_AREA } from './admin-areas'
import { callerOf, watchActors } from './calls/actor-now'
import { atMost } from './calls/at-most'
import { codeEffects } from './calls/code-effects'
import { createInstanceLog } from './calls/instance-log'
import { createInternalDoor } from './calls/internal-door'
import { createRunningCalls } from './calls/running-calls'
import { eventJobs } from './events/event-jobs'
import { listenToEvents } from './events/listen-to-events'
import { prepareEvent } from './events/publish-event'
import { openExecutionLog } from './executions/execution-log'
import { FUNCTIONS_SETTINGS } from './functions-settings'
import { findGo } from './go/find-go'
import { goToolchain } from './go/go-toolchain'
import { adminRoutes } from './http/admin-routes'
import type { DoorContext } from './http/function-door'
import { functionRoutes } from './http/function-routes'
import { chooseIsolation, type Isolations } from './isolation/choose-isolation'
import { askedOnce, registryOf } from './isolation/registries'
import { createBuildRunner } from './isolation/run-build'
import { bunToolchain } from './javascript/bun-toolchain'
import { codeBundler } from './javascript/code-bundler'
import { denoToolchain } from './javascript/deno-toolchain'
import { nodeToolchain } from './javascript/node-toolchain'
import { ownRegistry } from './javascript/packages/own-registry'
import { createPackageStore } from './javascript/packages/package-store'
import { followSchedules } from './jobs/follow-schedules'
import { functionJobs } from './jobs/job-handlers'
import { type PushContext, preparePush } from './jobs/push-jobs'
import { addToTransactions } from './jobs/transaction-operations'
import { prepareMail } from './mails/prepare-mail'
import type { FunctionPool } from './pool/function-pool'
import { endText, type Instance } from './pool/instance'
import { findPython } from './python/find-python'
import { pythonToolchain } from './python/python-toolchain'
import { codeDoors } from './source/code-doors'
import { FUNCTIONS_TABLES } from './store/function-versions'
import { createProjectTemplates } from './templates/project-templates'
import type { Toolchain } from './toolchain'
import { openBuildCache } from './versions/build-cache'
import { type FunctionChange, FunctionSet } from './versions/function-set'
import { createProjectLoader, type LoadedProject, type Machine } from './versions/project-loader'
import { within } from './within'

/** The programs that run functions. */
export interface FunctionFiles {
  /** The executable of Bun, or one that carries it, and what that needs in its environment. */
  readonly bun: { readonly executable: string; readonly env: Readonly<Record<string, string>> }
  /** Puts the programs that instances run somewhere into a folder, unless they are there. @returns the folder that they are in */
  unpack(folder: string): Promise<string>
}

export interface FunctionsNeeds {
  readonly dir: string
  readonly database: Database
  readonly databasePath: string
  readonly audit: AuditTrail
  readonly auth: Credentials & ActorDirectory
  readonly jobs: JobQueue
  readonly schedules: Schedules
  readonly events: ProjectEvents
  readonly mail: MailSender
  readonly data: { readonly transactions: Transactions; readonly repeated: RepeatedRequests }
  readonly log: Log
  readonly metrics: Pick<Metrics, 'register'>
  readonly tasks: Pick<Tasks, 'add'>
  readonly limiter: RateLimiter
  readonly outbound: Outbound
  readonly devNotes: DevNotes
  readonly mode: 'dev' | 'start'
  readonly functionFiles: FunctionFiles
  /** What clients of a schema know of its collections at run time. */
  readonly clientMetadata: (schema: Schema) => object
  /** The files of the client for Go, by name. */
  readonly goClient: (schema: Schema) => ReadonlyMap<string, string>
  readonly internalApp: () => HttpApp
  readonly routesChanged: () => void
  readonly publicUrl: () => string
  readonly loaded: LoadedProject & {
    readonly settings: {
      readonly server: { readonly url: string | null }
      readonly database: { readonly encryption_key: string | null }
      readonly email: { readonly locale: string }
    }
  }
}

export interface FunctionsPort {
  /** As whom the code of a function asks for documents. Throws UNAUTHENTICATED, FORBIDDEN, NO_CALLER. */
  authenticateCall(request: UnidentifiedRequest): Actor | Promise<Actor>
  /** Follows the folder functions/. Returns what is different then. */
  sync(): Promise<readonly FunctionChange[]>
  /** Whether the folder has any. */
  hasAny(): boolean
  /** Those that run as plain processes. */
  plain(): Promise<readonly string[]>
  /** Of code that runs in this process. */
  readonly code: CodeBundler
  readonly effects: CodeEffects
  readonly doors: CodeDoors
}

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const LONGEST_START_MS = 30_000
/** Less than the server waits for its requests. */
const DRAIN_MS = 8_000
const LONGEST_END_MS = 1_000
const KEEP_VERSIONS = 20

/** The project's own code, run away from the server's process: see PROTOCOL.md. */
export const functionsService = defineService({
  name: 'functions',
  tables: FUNCTIONS_TABLES,
  settings: FUNCTIONS_SETTINGS,
  adminAreas: [FUNCTIONS_AREA],
  async open(needs: FunctionsNeeds) {
    const { dir, database, databasePath, audit, auth, log, tasks, limiter, mode } = needs
    let project: FunctionsNeeds['loaded'] = needs.loaded
    const isInMemory = databasePath === ':memory:'
    const data = join(dir, 'data')
    const executions = openExecutionLog({
      path: isInMemory ? ':memory:' : join(data, 'executions.db'),
      key: project.settings.database.encryption_key,
      log,
      limits: () => project.settings.functions.logs,
    })
    const running = createRunningCalls()
    const { transactions, repeated } = needs.data
    transactions.ownedBy((headers) => running.required(headers))
    const mayWarn = atMost<Instance>(10, MINUTE_MS)
    const mayAudit = atMost<Instance>(1, MINUTE_MS)
    const instanceLog = createInstanceLog(log)
    const actors = watchActors(auth)
    const pools = new Set<FunctionPool>()
    let machine: Promise<Machine> | undefined
    let isolations: Promise<Isolations> | undefined
    const findIsolations = () => {
      const { settings, variables } = project
      isolations ??= chooseIsolation(join(data, 'functions', 'host'), {
        ...{ dir, variables },
        ...settings.functions.container,
      })
      return isolations
    }
    const openMachine = () => {
      machine ??= findMachine(needs, findIsolations(), () => project)
      return machine
    }
    /** Where nobody is told of what following the folder has come to: in `dev`, on the terminal. */
    const noteProblems = (changes: readonly FunctionChange[]) => {
      for (const { name, version, problems } of changes) {
        const still = version === null ? 'is not served' : `is still served as version ${version}`
        if (problems.length > 0)
          needs.devNotes.note(`function ${name}`, () => [`functions  ${name} ${still}`, ...problems])
      }
    }
    const door: DoorContext = {
      running,
      executions,
      limiter,
      repeated,
      isDev: mode === 'dev',
      onFailed({ chain, ...data }) {
        if (!needs.events.isWanted('function.failed')) return
        database
          .write((tx) => needs.events.report(tx, { type: 'function.failed', data, chain }))
          .catch((error: unknown) =>
            log.error({ err: error }, 'the failure of a function was not published: it could not be stored'),
          )
      },
      watchActor: (actor, headers) => actors.watch(actor, () => callerOf(auth, headers)),
      runs: (serving, caller) => functions.runs(serving, caller),
      publicUrl: () => project.settings.server.url ?? needs.publicUrl(),
    }
    const internal = createInternalDoor({
      ...{ running, door, transactions, app: needs.internalApp },
      find: (name) => functions.find(name),
      push: (call, sent) => preparePush(pushing, call, sent),
      publish: (call, sent) => prepareEvent(needs.events, call, sent),
      send: (call, sent) => prepareMail(needs.mail, call, sent),
      write: (run) => database.write(run),
      onForeignToken(instance) {
        if (mayAudit(instance) === 'no') return
        log.warn({ instance: instance.id }, 'the code of a function has used a token that is not of one of its calls')
        const event = { event: 'function.foreign_token', outcome: 'failure', ...auditedActor(SYSTEM) } as const
        void audit.keep([{ ...event, target: { kind: 'function', id: instance.name } }]).catch(() => {})
      },
    })
    const pushing: PushContext = { queue: needs.jobs, serving: (name) => functions.state(name)?.serving }
    transactions.extend('events', (headers, sent) => {
      const { run } = prepareEvent(needs.events, running.required(headers), sent)
      return { name: 'events.publish', size: 1, about: [], run }
    })
    transactions.extend('mails', (headers, sent) => {
      const prepared = prepareMail(needs.mail, running.required(headers), sent)
      return { name: 'mail.send', size: 1, ...prepared }
    })
    addToTransactions(transactions, { ...pushing, queue: needs.jobs, running })
    const code = codeBundler(needs)
    const functions = new FunctionSet({
      ...{
        database,
        log,
        keepVersions: KEEP_VERSIONS,
        onChange() {
          needs.routesChanged()
          handled.changed()
          void schedules.changed()
          listening.changed()
        },
        onLate(change) {
          noteProblems([change])
          const { name, version, problems } = change
          if (problems.length === 0 && version !== null)
            needs.devNotes.note(`function ${name} ${version}`, () => [`functions  ✓ ${name}  version ${version}`])
        },
      },
      loader: createProjectLoader({
        ...{ dir, pools, clientMetadata: needs.clientMetadata },
        machine: openMachine,
        project: () => project,
        ask: internal.answer,
        scheduleProblems: (schedule) => needs.schedules.problems(schedule),
        eventProblem: (pattern) => needs.events.patternProblem(pattern),
        publishProblem(pattern) {
          const [problem] = needs.events.ownTypeProblems(pattern.replace(/\*$/, 'any'))
          return problem === undefined ? null : `${pattern} ${problem.message}`
        },
        onOutput({ level, message }, instance: Instance, name) {
          const call = running.onlyOneIn(instance)
          if (call !== null) call.log({ level, message, at: Date.now() })
          else instanceLog(instance, { function: name, message })
        },
        outbound: needs.outbound,
        onRefused(message, instance) {
          running.onlyOneIn(instance)?.log({ level: 'error', message, at: Date.now() })
          if (mayWarn(instance) !== 'no') log.warn({ function: instance.name, instance: instance.id }, message)
        },
        onLost: (name, end) =>
          log.warn({ function: name }, `an instance of the function ${name} is gone: ${endText(end)}`),
      }),
    })
    const schedules = followSchedules(needs.schedules, functions, log)
    const runs = { door, audit, directory: auth, watch: actors.watch }
    const handled = needs.jobs.handledBy(functionJobs(runs, functions))
    needs.jobs.handledBy(eventJobs(runs, functions))
    const listening = listenToEvents({ functions, queue: needs.jobs, events: needs.events, log })
    tasks.add({
      name: 'functions.prune',
      summary: 'Removes executions of functions older than functions.logs.keep, or beyond functions.logs.max_bytes',
      schedule: every(HOUR_MS, { atStart: true }),
      run: async () => `${executions.prune()} executions removed`,
    })
    const unregister = [
      needs.metrics.register({
        name: 'function_instances',
        help: 'Instances of functions.',
        kind: 'gauge',
        read: () => [...pools].reduce((sum, pool) => sum + pool.stats().instances, 0),
      }),
      needs.metrics.register({
        name: 'function_calls_running',
        help: 'Calls of functions that run at the moment.',
        kind: 'gauge',
        read: () => [...pools].reduce((sum, pool) => sum + pool.stats().busy, 0),
      }),
    ]
    const templates = createProjectTemplates({
      ...{ dir, pools, outbound: needs.outbound, log },
      folder: join(data, 'functions', 'code', 'emails'),
      async machine() {
        const { toolchains, ...machine } = await openMachine()
        // It is inside of the server's own executable.
        const { launch } = toolchains.get('bun') as Toolchain
        return { ...machine, launch, bun: needs.functionFiles.bun }
      },
      project: () => project,
    })
    needs.mail.useTemplates(templates)
    const port: FunctionsPort = {
      authenticateCall: internal.authenticate,
      sync: () => functions.sync(),
      hasAny: () => functions.list().length > 0,
      async plain() {
        await functions.loaded()
        return functions.list().flatMap(({ name, serving }) => (serving?.isolation === 'process' ? [name] : []))
      },
      code,
      doors: codeDoors(() => project.schema),
      effects: codeEffects({ ...pushing, queue: needs.jobs, events: needs.events, mail: needs.mail }),
    }
    return {
      port,
      use(next: FunctionsNeeds['loaded']) {
        project = next
        // Its schema, settings or secrets may be others.
        void functions.sync(true).then(noteProblems)
      },
      // One that does not come up in time comes later: the others need not wait for it.
      async start() {
        if (existsSync(join(dir, 'functions'))) await listening.hold()
        await within(LONGEST_START_MS, functions.sync().then(listening.begin))
        // What was scheduled by functions that are gone since the last start.
        void schedules.changed()
      },
      routes: () => [
        ...functionRoutes(door, functions),
        ...adminRoutes({
          functions,
          executions,
          database,
          audit,
          callers: auth,
          ...{ jobs: needs.jobs, events: needs.events, log },
          isolations: findIsolations,
        }),
      ],
      stats: () =>
        Object.fromEntries(functions.list().map(({ name, serving }) => [name, serving?.pool.stats() ?? null])),
      // What still runs then is ended while its callers can be told.
      drain: () => functions.endWithin(DRAIN_MS),
      async close() {
        for (const end of unregister) end()
        await listening.end()
        actors.close()
        await Promise.all([functions.close(), templates.close()])
        await running.ended(LONGEST_END_MS)
        code.close()
        if (machine !== undefined) {
          const { toolchains, builder } = await machine
          builder.close()
          for (const { close } of toolchains.values()) close()
        }
        executions.close()
      },
    }
  },
})

/** What functions are run with. Starting nothing of it costs a project without functions nothing. */
async function findMachine(
  { dir, mode, outbound, goClient, loaded, functionFiles: { bun, unpack } }: FunctionsNeeds,
  isolation: Promise<Isolations>,
  project: () => LoadedProject,
): Promise<Machine> {
  const data = join(dir, 'data', 'functions')
  const [isolations, programs] = await Promise.all([isolation, unpack(join(data, 'host'))])
  const code = join(data, 'code')
  const builder = createBuildRunner({ isolations, outbound, programs, bun })
  const go = findGo()
  const python = findPython(loaded.variables)
  const ownNpm = askedOnce(() => ownRegistry({ folder: data, builder, bun }))
  const packages = createPackageStore({
    ...{ dir, builder, bun, folder: join(data, 'packages', 'npm') },
    async registry() {
      const { settings, variables } = project()
      return registryOf('npm', settings, variables, ownNpm)
    },
    limit: () => project().settings.functions.cache,
    writesLocks: mode === 'dev',
  })
  const javascript = { dir, code, programs, bun, packages }
  const toolchains = [
    bunToolchain(javascript),
    nodeToolchain(javascript),
    denoToolchain(javascript),
    go === null ? null : goToolchain({ command: go, dir, data, code, programs, builder, project, goClient }),
    python === null
      ? null
      : pythonToolchain({
          ...{ found: python, dir, code, programs, builder, project },
          packages: join(data, 'packages'),
          writesLocks: mode === 'dev',
        }),
  ].filter((found) => found !== null)
  return {
    isolations,
    builder,
    programs,
    packages,
    builds: openBuildCache(join(code, 'builds.json')),
    toolchains: new Map(toolchains.map((toolchain) => [toolchain.runtime, toolchain])),
  }
}
