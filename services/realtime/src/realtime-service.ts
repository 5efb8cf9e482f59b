import type {
  Actor,
  AuditTrail,
  Credentials,
  DenialObserver,
  DeniedCall,
  QueryAdvice,
  QueryMonitor,
} from '@koyalite/contracts'
import {
  defineCall,
  defineService,
  type Instance,
  type Log,
  type Metrics,
  type RequestLimits,
  type Role,
  type UnidentifiedRequest,
} from '@koyalite/kernel'
import type { AggregateQuery, ListQuery } from '@koyalite/query'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { openRealtime, type RealtimeStats } from './realtime'
import { REALTIME_SETTINGS, type RealtimeSettings, shareOf } from './realtime-settings'
import type { StreamMessage } from './sessions/open-streams'
import { respondToRedeem, ticketsOfPrimary } from './sessions/tickets-of-primary'
import { openResumeKey } from './store/resume-key'

export interface RealtimeNeeds {
  readonly database: Database
  readonly role: Role
  readonly audit: Pick<AuditTrail, 'keep'>
  readonly auth: Credentials & {
    operatorsToken(request: UnidentifiedRequest): Promise<string>
    /** Runs what answers a request; in a worker, one whose caller is unknown is forwarded to the primary, which counts those who guess. */
    forwardUnknown<T>(response: () => T | Promise<T>): T | Promise<T>
  }
  /** Lists that are read over HTTP can be followed from there. */
  readonly data: {
    resumeBy(resumeToken: (actor: Actor, query: ListQuery, seq: number) => string): void
    reportHidden(query: ListQuery | AggregateQuery, call: DeniedCall): void
    adviceOn(query: ListQuery | AggregateQuery, actor: Actor): QueryAdvice
  }
  readonly observe: QueryMonitor
  readonly limits: Pick<RequestLimits, 'chargeMessage'>
  readonly denials: DenialObserver | null
  readonly log: Log
  readonly metrics: Metrics
  readonly instance: Instance
  /** Null for a database in memory. */
  readonly keysDir: string | null
  readonly loaded: { readonly schema: Schema; readonly settings: RealtimeSettings }
}

/** Gives a message to a stream of the process that is asked. */
const TAKE_MESSAGE = defineCall<StreamMessage, boolean>('realtime.take_message')
/** Gives a message to the process that has the stream. */
const PASS_MESSAGE = defineCall<StreamMessage, boolean>('realtime.pass_message')
const STATS = defineCall<null, RealtimeStats>('realtime.stats')

/** Live queries over the change feed. Connections outlive reloads. */
export const realtimeService = defineService({
  name: 'realtime',
  settings: REALTIME_SETTINGS,
  async open(needs: RealtimeNeeds) {
    const { database, role, audit, auth, data, observe, limits, denials, log, metrics, loaded, ...keys } = needs
    const own = (served: RealtimeNeeds['loaded']): RealtimeNeeds['loaded'] => ({
      schema: served.schema,
      settings: role.kind === 'primary' ? served.settings : shareOf(served.settings, role.count),
    })
    const realtime = openRealtime({
      ...{ database, audit, denials, log, metrics, ...own(loaded) },
      credentials: auth,
      operatorsToken: auth.operatorsToken,
      charge: limits.chargeMessage,
      reportHidden: data.reportHidden,
      monitor: observe,
      adviceOn: data.adviceOn,
      resumeKey: await openResumeKey(keys.keysDir, keys.instance.id),
      ...(role.kind === 'primary'
        ? {
            others: () => role.askWorkers(STATS, null),
            passTo: async (worker, message) => (await role.askWorker(worker, TAKE_MESSAGE, message)) ?? false,
          }
        : {
            tickets: ticketsOfPrimary(role),
            process: role.index,
            passTo: (_process, message) => role.askPrimary(PASS_MESSAGE, message),
          }),
    })
    data.resumeBy(realtime.resumeToken)
    if (role.kind === 'primary') {
      respondToRedeem(role, realtime.tickets)
      role.answer(PASS_MESSAGE, realtime.pass)
    } else {
      role.answer(TAKE_MESSAGE, realtime.pass)
      role.answer(STATS, () => realtime.stats())
    }
    return {
      port: {},
      use: (served: RealtimeNeeds['loaded']) => realtime.use(own(served)),
      routes: () => realtime.routes,
      // They look at tokens and tickets themselves. What operators learn about all processes, no worker knows.
      workerRoutes: () =>
        realtime.routes
          .filter(({ path }) => !path.startsWith('/api/admin/'))
          .map((route) => ({ ...route, handle: (request) => auth.forwardUnknown(() => route.handle(request)) })),
      stats: realtime.stats,
      drain: realtime.close,
    }
  },
})
