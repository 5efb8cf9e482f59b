import { LOGS_AREA } from '@koyalite/access'
import type { FinishedQuery, QueryMonitor } from '@koyalite/contracts'
import {
  type DevNotes,
  defineCall,
  defineService,
  type Log,
  type Metrics,
  type RequestEntry,
  type Role,
} from '@koyalite/kernel'
import { observeRoutes } from './http/observe-routes'
import { inOrder, merged, type QueryOrder, type QueryStatistic, QueryStatistics, SLOW_MS } from './query-statistics'
import { newestFirst, type RecentRequest, RecentRequests, type RequestFilter } from './recent-requests'
import { slowListLines } from './slow-list-lines'

export interface ObserveNeeds {
  readonly role: Role
  readonly devNotes: DevNotes
  readonly log: Pick<Log, 'error'>
  readonly metrics: Pick<Metrics, 'register'>
  readonly loaded: { readonly schema: object }
}

export type SlowQuery = QueryStatistic

export interface ObservePort extends QueryMonitor {
  /** A request has been answered. */
  responded(entry: RequestEntry): void
  /** Lists by shape, those that took longest first. */
  slowest(limit: number): Promise<readonly SlowQuery[]>
}

interface PageOf<Filter> {
  readonly filter: Filter
  readonly limit: number
}

const REQUESTS = defineCall<PageOf<RequestFilter>, readonly RecentRequest[]>('observe.requests')
const QUERIES = defineCall<PageOf<QueryOrder>, readonly QueryStatistic[]>('observe.queries')

/** What the server has been asked lately, and what took long. */
export const observeService = defineService({
  name: 'observe',
  adminAreas: [LOGS_AREA],
  open({ role, devNotes, log, metrics, loaded }: ObserveNeeds) {
    let { schema } = loaded
    let slow = 0
    const unregister = metrics.register({
      name: 'slow_lists_total',
      help: `Lists and aggregates that took more than ${SLOW_MS} ms to read.`,
      kind: 'counter',
      read: () => slow,
    })
    const recent = new RecentRequests()
    const statistics = new QueryStatistics()
    const requestsHere = ({ filter, limit }: PageOf<RequestFilter>) => recent.list(filter, limit)
    const queriesHere = ({ filter, limit }: PageOf<QueryOrder>) => statistics.list(filter, limit)
    if (role.kind === 'worker') {
      role.answer(REQUESTS, requestsHere)
      role.answer(QUERIES, queriesHere)
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
    const noteSlow = (query: FinishedQuery) => {
      try {
        devNotes.note(`slow ${query.shape}`, () => slowListLines(query))
      } catch (err) {
        // The list was read: whoever asked for it gets it, with or without advice.
        log.error({ err, shape: query.shape }, 'a slow list could not be explained')
      }
    }
    const port: ObservePort = {
      responded(entry) {
        recent.add(entry, Date.now())
      },
      finished(query) {
        statistics.add(query, Date.now())
        if (query.ms < SLOW_MS) return
        slow++
        noteSlow(query)
      },
      slowest: async (limit) => (await queries('mean', limit)).filter(({ slow }) => slow > 0),
    }
    return {
      port,
      use(next) {
        // Plans are others with another schema.
        if (next.schema !== schema) statistics.clear()
        schema = next.schema
      },
      routes: () => observeRoutes({ requests, queries }),
      close: unregister,
    }
  },
})
