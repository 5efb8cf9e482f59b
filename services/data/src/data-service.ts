import type {
  Actor,
  AuditTrail,
  CodeDocuments,
  DenialObserver,
  DeniedCall,
  DocumentHooks,
  DryRun,
  FieldValidators,
  NoteChanges,
  OperationOverrides,
  QueryAdvice,
  QueryMonitor,
  RepeatedRequests,
  Transactions,
  UserDirectory,
} from '@koyalite/contracts'
import { defineService, type Log, type Metrics, type RequestLimits } from '@koyalite/kernel'
import { type AggregateQuery, accessOf, type CelDocument, type ListQuery } from '@koyalite/query'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { DATA_AREAS } from './admin-areas'
import { createDataContext, type DataContext, NO_HOOKS } from './data-context'
import { createDryRun } from './dry-run'
import { codeDocuments } from './hooks/code-documents'
import type { HookSource } from './hooks/hook-source'
import { runningHooks } from './hooks/running-hooks'
import { dataRoutes } from './http/routes'
import { adviceOn } from './operations/advice-on'
import { type ReadQuery, reportHidden } from './operations/hidden-document'
import { createRepeatedRequests } from './operations/repeated-requests'
import { ACTION_TABLES } from './store/actions'
import { IDEMPOTENCY_TABLES } from './store/idempotency'
import { transactionRoutes } from './transactions/http/transaction-routes'
import { OpenTransactions } from './transactions/open-transactions'
import { WriterShare } from './transactions/writer-share'
import { createUserDocuments } from './user-documents'

export interface DataNeeds {
  readonly database: Database
  readonly audit: Pick<AuditTrail, 'record'>
  readonly observe: QueryMonitor
  readonly limits: Pick<RequestLimits, 'charge'>
  readonly denials: DenialObserver | null
  readonly log: Log
  readonly metrics: Pick<Metrics, 'register'>
  readonly loaded: LoadedData
}

/** A schema, and how long its queries may take in milliseconds. */
export interface LoadedData {
  readonly schema: Schema
  readonly settings: { readonly server: { readonly query_timeout: number } }
}

/** Each call is by the schema that is served when it is made. */
export interface DataPort {
  readonly users: UserDirectory
  readonly dryRun: DryRun<CelDocument>
  readonly transactions: Transactions
  readonly repeated: RepeatedRequests
  /** From now on what is to be known of changes, besides what the log says of them, is noted by this. */
  noteChangesBy(note: NoteChanges): void
  /** From now on values of the schema's own types are judged by these; before, none of them can be written. */
  validateBy(validators: FieldValidators): void
  /** From now on writes run these hooks; before, and with null, they run none. */
  hooked(hooks: DocumentHooks | null): void
  /** For code of the project that no write of a document has run. */
  readonly documents: CodeDocuments
  /** From now on these writes of users are made by code of the project. */
  overrideBy(overrides: OperationOverrides): void
  /** From now on lists come with a token by which their callers can continue to follow them; before, there is none. */
  resumeBy(resumeToken: DataContext['resumeToken']): void
  /** Under `dev`: reports a list that is empty although documents match it. */
  reportHidden(query: ReadQuery, call: DeniedCall): void
  /** How somebody's list or aggregate is read, and what would make it faster: see QueryMonitor. */
  adviceOn(query: ListQuery | AggregateQuery, actor: Actor): QueryAdvice
}

/** Collections and documents. */
export const dataService = defineService({
  name: 'data',
  tables: { ...IDEMPOTENCY_TABLES, steps: [...IDEMPOTENCY_TABLES.steps, ...ACTION_TABLES] },
  adminAreas: DATA_AREAS,
  open({ database, audit, observe, limits, denials, log, metrics, loaded }: DataNeeds) {
    let resumeToken: DataContext['resumeToken'] = () => ''
    let noteChanges: NoteChanges = () => {}
    let validators: FieldValidators = { of: () => null }
    let hooks: HookSource = NO_HOOKS
    let overrides: OperationOverrides = { of: () => null }
    const repeated = createRepeatedRequests(database)
    const share = new WriterShare({ log })
    const transactions = new OpenTransactions({ database, share, log })
    const unregister = metrics.register({
      name: 'function_writer_held_seconds_total',
      help: 'How long functions have held the writer, in exclusive transactions.',
      kind: 'counter',
      read: () => share.totals(),
    })
    const serve = ({ schema, settings }: LoadedData): Served => {
      const context = createDataContext({
        ...{ schema, database, audit, denials, monitor: observe },
        queryTimeoutMs: settings.server.query_timeout,
        resumeToken: (actor, query, seq) => resumeToken(actor, query, seq),
        validators: { of: (name) => validators.of(name) },
        hooks: { of: (collection) => hooks.of(collection) },
        overrides: { of: (collection, operation) => overrides.of(collection, operation) },
        repeated,
        noteChanges: (tx, since, note) => noteChanges(tx, since, note),
        noteOf(headers) {
          const { function: name, chain } = transactions.ownerOf(headers)
          return { function: name, chain }
        },
      })
      return { context, users: createUserDocuments(context), dryRun: createDryRun(context) }
    }
    let served = serve(loaded)
    const port: DataPort = {
      ...portsOf(() => served),
      transactions,
      repeated,
      documents: codeDocuments(() => served.context),
      noteChangesBy(next) {
        noteChanges = next
      },
      overrideBy(next) {
        overrides = next
      },
      validateBy(next) {
        validators = next
      },
      hooked(next) {
        hooks = next === null ? NO_HOOKS : runningHooks(next)
      },
      resumeBy(next) {
        resumeToken = next
      },
      reportHidden: (query, call) => void reportHidden(served.context, query, call),
      adviceOn(query, actor) {
        const { context } = served
        const access = accessOf(context.schema, actor, { method: 'GET', ip: '', time: Date.now(), headers: {} })
        return adviceOn(context, access, query)
      },
    }
    return {
      port,
      use(next) {
        served = serve(next)
      },
      routes: () => dataRoutes(served.context, limits.charge),
      workerRoutes: () => dataRoutes(served.context, limits.charge),
      internalRoutes: () => transactionRoutes(served.context, transactions, limits.charge),
      close: unregister,
    }
  },
})

/** What one schema makes of the service. */
interface Served {
  readonly context: DataContext
  readonly users: UserDirectory
  readonly dryRun: DryRun<CelDocument>
}

function portsOf(served: () => Served): Pick<DataPort, 'users' | 'dryRun'> {
  return {
    users: {
      byId: (reads, id) => served().users.byId(reads, id),
      byEmail: (reads, email) => served().users.byEmail(reads, email),
      create: (input) => served().users.create(input),
      update: (id, input) => served().users.update(id, input),
      remove: (id, request) => served().users.remove(id, request),
      document: (reads, id, viewer) => served().users.document(reads, id, viewer),
      list: (viewer, params, request) => served().users.list(viewer, params, request),
      wasRead: (id, request) => served().users.wasRead(id, request),
    },
    dryRun: {
      attempt: (write, request) => served().dryRun.attempt(write, request),
      resulting: (write, request, look) => served().dryRun.resulting(write, request, look),
      given: (given, request, look) => served().dryRun.given(given, request, look),
    },
  }
}
