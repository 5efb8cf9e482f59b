import { type Actor, type AuditEvent, DEFAULT_SCHEDULE, SYSTEM } from '@koyalite/contracts'
import { createHttpApp, createHttpMetrics, createMetrics, createTasks, type Metrics, NO_LOG } from '@koyalite/kernel'
import { type Database, openDatabase } from '@koyalite/sqlite'
import { createSchedules, type SchedulesService } from '../create-schedules'
import { SCHEDULE_TABLES } from '../store/schedule-tables'
import { type RecordingJobs, recordJobs } from './recording-jobs'

/** Schedules with a database, a clock to be set, and a queue that records. */
export interface SchedulesWorld {
  readonly database: Database
  readonly jobs: RecordingJobs
  readonly audited: readonly AuditEvent[]
  readonly metrics: Metrics
  readonly schedules: SchedulesService
  /** What the wall shows, and what has passed meanwhile: a clock that is set moves the first alone. */
  readonly clock: { now: number; elapsed: number }
  /** Time passes, and what is due fires. */
  pass(ms: number): Promise<void>
  /** The server ends, and another begins with the same database. */
  restart(): void
  create(schedule: object): Promise<void>
  /** Keys of jobs, in order. */
  keys(): readonly string[]
  // biome-ignore lint/suspicious/noExplicitAny: a test states what it expects of it
  send(method: string, path: string, options?: { body?: object; actor?: Actor }): Promise<{ status: number; body: any }>
  close(): Promise<void>
}

const SETTINGS = {
  host: '127.0.0.1',
  url: null,
  cors: { origins: ['*'], credentials: false },
  headers: {},
  max_body: 1_000_000,
  trust_proxy: false,
}

export async function openSchedulesWorld(start: string): Promise<SchedulesWorld> {
  const database = await openDatabase({ path: ':memory:' })
  await database.migrate((tx) => {
    for (const text of SCHEDULE_TABLES.steps.flat()) tx.exec(text)
  })
  const jobs = await recordJobs(database)
  const clock = { now: Date.parse(start), elapsed: 0 }
  const audited: AuditEvent[] = []
  const open = () => {
    const metrics = createMetrics()
    const schedules = createSchedules({
      ...{ database, jobs, metrics, log: NO_LOG },
      audit: { record: (_, event) => void audited.push(event) },
      tasks: createTasks({ log: NO_LOG, metrics: createMetrics() }),
      clock: { now: () => clock.now, elapsed: () => clock.elapsed },
    })
    schedules.start()
    return { metrics, schedules }
  }
  let opened = open()
  const world: SchedulesWorld = {
    ...{ database, jobs, audited, clock },
    get metrics() {
      return opened.metrics
    },
    get schedules() {
      return opened.schedules
    },
    async pass(ms) {
      clock.now += ms
      clock.elapsed += ms
      await opened.schedules.fire()
    },
    restart() {
      opened.schedules.close()
      opened = open()
    },
    async create(schedule) {
      const { status, body } = await world.send('POST', '/api/admin/schedules', {
        body: { function: 'digest', ...schedule },
      })
      if (status !== 201) throw new Error(JSON.stringify(body))
    },
    keys: () => jobs.all().map(({ key }) => key ?? ''),
    async send(method, path, { body, actor = SYSTEM } = {}) {
      const app = createHttpApp({
        ...{ routes: opened.schedules.routes, settings: SETTINGS, log: NO_LOG, metrics: createHttpMetrics() },
        ...{ authenticate: () => actor, checkHost: false },
      })
      const init = {
        method,
        ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      }
      const response = await app.fetch(new Request(`http://localhost${path}`, init), { ip: '127.0.0.1' })
      const text = await response.text()
      return { status: response.status, body: text === '' ? null : JSON.parse(text) }
    },
    async close() {
      opened.schedules.close()
      await database.close()
    },
  }
  return world
}

/** As manifests declare one. */
export const DAILY = { ...DEFAULT_SCHEDULE, name: 'digest', cron: '0 8 * * *' }
