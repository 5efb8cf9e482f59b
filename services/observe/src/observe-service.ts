import { LOGS_AREA } from '@koyalite/access'
import type { FinishedQuery, QueryMonitor } from '@koyalite/contracts'
import {
  type DevNotes,
  defineCall,
  defineService,
  every,
  type Log,
  type Metrics,
  type RequestEntry,
  type RequestTrace,
  type Role,
  type Tasks,
} from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { logRoutes } from './http/log-routes'
import { observeRoutes } from './http/observe-routes'
import { statsRoutes } from './http/stats-routes'
import { type LogFilter, logEntries } from './log-entries'
import type { MeasuredTime } from './measurements/measured-time'
import { Measuring, MINUTE_MS } from './measurements/measuring'
import { type AskedTime, readStats } from './operations/read-stats'
import { storeMeasurements } from './operations/store-measurements'
import { inOrder, merged, type QueryOrder, type QueryStatistic, QueryStatistics, SLOW_MS } from './query-statistics'
import { newestFirst, type RecentRequest, RecentRequests, type RequestFilter } from './recent-requests'
import { slowListLines } from './slow-list-lines'
import { StatementTraces } from './statement-traces'
import { OBSERVE_TABLES } from './store/measurements'

export interface ObserveNeeds {
  readonly role: Role
  readonly mode: 'dev' | 'start'
  readonly devNotes: DevNotes
  readonly database: Database
  readonly tasks: Pick<Tasks, 'add'>
  readonly log: Pick<Log, 'error' | 'recent'>
  readonly metrics: Pick<Metrics, 'register' | 'value' | 'loopDelay'>
  readonly loaded: { readonly schema: object }
}

export type SlowQuery = QueryStatistic

export interface ObservePort extends QueryMonitor {
  /** What requests do in the database. */
  readonly trace: RequestTrace
  /** A request has been answered. */
  responded(entry: RequestEntry): void
  /** Lists by shape, those that took longest first. */
  slowest(limit: number): Promise<readonly SlowQuery[]>
  /** How lists are read, a plan in sentences for each shape since the schema is this one. */
  plans(): Promise<readonly (readonly string[])[]>
}

/** How often what is measured by looking is looked at. */
const LOOK_MS = 10_000
/** Of those among the lines of the log. */
const MAX_LOGGED_REQUESTS = 1_000

interface PageOf<Filter> {
  readonly filter: Filter
  readonly limit: number
}

const REQUESTS = defineCall<PageOf<RequestFilter>, readonly RecentRequest[]>('observe.requests')
const QUERY = defineCall<string, QueryStatistic | null>('observe.query')
/** The minutes that have ended, which the worker forgets. */
const TAKE_MINUTES = defineCall<null, readonly MeasuredTime[]>('observe.take_minutes')
/** What a worker that ends has not given yet. */
const KEEP_MINUTES = defineCall<readonly MeasuredTime[], void>('observe.keep_minutes')
const PEEK_MINUTES = defineCall<null, readonly MeasuredTime[]>('observe.peek_minutes')
const PLANS = defineCall<null, readonly (readonly string[])[]>('observe.plans')
const QUERIES = defineCall<PageOf<QueryOrder>, readonly QueryStatistic[]>('observe.queries')

/** What the server has been asked lately, and what took long. */
export const observeService = defineService({
  name: 'observe',
  tables: OBSERVE_TABLES,
  adminAreas: [LOGS_AREA],
  open({ role, mode, database, tasks, devNotes, log, metrics, loaded }: ObserveNeeds) {
    let { schema } = loaded
    let slow = 0
    const unregister = metrics.register({
      name: 'slow_lists_total',
      help: `Lists and aggregates that took more than ${SLOW_MS} ms to read.`,
      kind: 'counter',
      read: () => slow,
    })
    const recent = new RecentRequests()
    const traces = new StatementTraces(database, { always: mode === 'dev' })
    const statistics = new QueryStatistics()
    const measuring = new Measuring({ database, metrics })
    const look = () => {
      try {
        measuring.look(Date.now())
      } catch (err) {
        // What keeps it from looking keeps others from their work, and is said there: the server must not end by it.
        log.error({ err }, 'the load could not be measured')
      }
    }
    const looking = setInterval(look, LOOK_MS)
    /** As it is now, for somebody who looks. */
    const peek = () => {
      look()
      return measuring.peek()
    }
    looking.unref()
    const requestsHere = ({ filter, limit }: PageOf<RequestFilter>) => {
      traces.watch()
      return recent.list(filter, limit)
    }
    const queriesHere = ({ filter, limit }: PageOf<QueryOrder>) => statistics.list(filter, limit)
    if (role.kind === 'worker') {
      role.answer(REQUESTS, requestsHere)
      role.answer(QUERIES, queriesHere)
      role.answer(PLANS, () => statistics.plans())
      role.answer(QUERY, (shape) => statistics.find(shape))
      role.answer(TAKE_MINUTES, () => measuring.take(Date.now()))
      role.answer(PEEK_MINUTES, peek)
    }
    const others = role.kind === 'primary' ? role.askWorkers : async () => []
    const requests = async (filter: RequestFilter, limit: number) => {
      const page = { filter, limit }
      return newestFirst([requestsHere(page), ...(await others(REQUESTS, page))].flat()).slice(0, limit)
    }
    const queries = async (order: QueryOrder, limit: number) => {
      const page = { filter: order, limit }
      return inOrder(merged([await queriesHere(page), ...(await others(QUERIES, page))]), order).slice(0, limit)
    }
    const query = async (shape: string) => {
      const found = [statistics.find(shape), ...(await others(QUERY, shape))].filter((one) => one !== null)
      return merged(found.map((one) => [one]))[0] ?? null
    }
    const logs = async ({ requests: withRequests, ...filter }: LogFilter & { readonly requests?: boolean }) => {
      const { request_id: id } = filter
      const found = withRequests === true ? await requests({ id, own: id !== undefined }, MAX_LOGGED_REQUESTS) : []
      return logEntries({ lines: log.recent(), requests: found }, filter)
    }
    /** Taken, and not yet stored. */
    let storing: readonly MeasuredTime[] = []
    const store = async () => {
      const now = Date.now()
      storing = [...storing, ...measuring.take(now), ...(await others(TAKE_MINUTES, null)).flat()]
      const taken = storing
      const stored = await storeMeasurements(database, taken, now)
      storing = storing.slice(taken.length)
      return stored
    }
    if (role.kind === 'primary') {
      role.answer(KEEP_MINUTES, (minutes) => {
        storing = [...storing, ...minutes]
      })
      tasks.add({
        name: 'observe.measure',
        summary: 'Stores what was measured in the last minutes',
        schedule: every(MINUTE_MS),
        run: async () => `${await store()} minutes stored`,
      })
    }
    const stats = async (asked: AskedTime) => {
      const recent = [...storing, ...peek(), ...(await others(PEEK_MINUTES, null)).flat()]
      return readStats(database, asked, recent)
    }
    const noteSlow = (query: FinishedQuery) => {
      try {
        devNotes.note(`slow ${query.shape}`, () => slowListLines(query))
      } catch (err) {
        // The list was read: whoever asked for it gets it, with or without advice.
        log.error({ err, shape: query.shape }, 'a slow list could not be explained')
      }
    }
    const port: ObservePort = {
      trace: traces,
      responded(entry) {
        const now = Date.now()
        recent.add(entry, now, traces.isOn ? traces.take() : null)
        measuring.responded(entry, now)
      },
      finished(query) {
        const now = Date.now()
        statistics.add(query, now)
        measuring.finished(query, now)
        if (query.ms < SLOW_MS) return
        slow++
        noteSlow(query)
      },
      plans: async () => [...(await statistics.plans()), ...(await others(PLANS, null)).flat()],
      slowest: async (limit) => (await queries('mean', limit)).filter(({ slow }) => slow > 0),
    }
    return {
      port,
      use(next) {
        // Plans are others with another schema.
        if (next.schema !== schema) statistics.clear()
        schema = next.schema
      },
      routes: () => [
        ...observeRoutes({ requests, queries, query, logs }),
        ...statsRoutes({ stats }),
        ...logRoutes({ logs }),
      ],
      async close() {
        unregister()
        clearInterval(looking)
        traces.close()
        look()
        const own = [...measuring.take(Date.now()), ...measuring.peek()]
        // A primary that has ended before has no use for them.
        if (role.kind === 'worker') return role.askPrimary(KEEP_MINUTES, own).catch(() => {})
        const left = [...storing, ...own]
        // Whatever keeps the database from storing this has been said, and must not keep the others from closing.
        await storeMeasurements(database, left, Date.now()).catch((err: unknown) =>
          log.error({ err }, 'the measurements of the last minute could not be stored'),
        )
      },
    }
  },
})
