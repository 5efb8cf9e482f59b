import type { AuditEvent, JobQueue, MailOutcomes, NoteChanges, ProjectEvents, Tx } from '@koyalite/contracts'
import { defineService, type Log, type Metrics } from '@koyalite/kernel'
import type { Schema } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'
import { EVENTS_AREA } from './admin-areas'
import { eventMetrics } from './event-metrics'
import { createEvents } from './project-events'
import { EVENT_TABLES } from './store/event-log'
import { subscribersRoute } from './subscribers-route'
import { authEventOf, deadJobEvent, mailEvent } from './system-events'

export interface EventsNeeds {
  readonly database: Database
  /** What users did with their accounts is recorded there. */
  readonly audit: { onRecord(listener: (tx: Tx, event: AuditEvent) => void): void }
  /** Notes what functions and imports write. */
  readonly data: { noteChangesBy(note: NoteChanges): void }
  readonly jobs: Pick<JobQueue, 'onDead'>
  readonly mail: MailOutcomes
  readonly log: Log
  readonly metrics: Pick<Metrics, 'register'>
  readonly loaded: { readonly schema: Schema }
}

export type EventsPort = ProjectEvents

/** Events of the project, for services that subscribe to them. */
export const eventsService = defineService({
  name: 'events',
  tables: EVENT_TABLES,
  adminAreas: [EVENTS_AREA],
  open({ database, audit, data, jobs, mail, log, metrics, loaded }: EventsNeeds) {
    const events = createEvents({ database, schema: loaded.schema, log })
    const unregister = metrics.register(...eventMetrics(events))
    data.noteChangesBy(events.note)
    audit.onRecord((tx, event) => {
      const found = authEventOf(event)
      if (found !== null) events.report(tx, found)
    })
    jobs.onDead((tx, job) => {
      const found = deadJobEvent(job)
      if (found !== null) events.report(tx, found)
    })
    mail.onNews((tx, news) => events.report(tx, mailEvent(news)))
    const port: EventsPort = events
    return {
      port,
      use: ({ schema }) => events.use(schema),
      routes: () => [subscribersRoute(events, database)],
      start: () => events.removeAbandoned(),
      stats: () => ({ subscribers: events.health() }),
      async close() {
        unregister()
        await events.close()
      },
    }
  },
})
