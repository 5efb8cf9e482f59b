import { createAudit } from '@koyalite/audit'
import { openAuthRuntime } from '@koyalite/auth'
import { AppError, WrittenElsewhereError } from '@koyalite/contracts'
import { createForwarder, createTasks, findSocket, type HttpApp, type Log, type Metrics } from '@koyalite/kernel'
import { createMail } from '@koyalite/mail'
import { withUntypedTables } from '@koyalite/migrations'
import { openRealtime, openResumeKey, type RealtimeStats, type Tickets } from '@koyalite/realtime'
import { deserializeSchema } from '@koyalite/schema'
import type { FollowingDatabase } from '@koyalite/sqlite'
import { composeReads } from '../compose'
import { workersSocket } from '../control-channel'
import { MAIL_ADAPTERS } from '../mail-adapters'
import type { ReportedAudit } from './reported-audit'
import type { Served, StartWorker } from './worker-protocol'

export interface WorkerParts {
  readonly database: FollowingDatabase
  readonly log: Log
  readonly metrics: Metrics
  /** Writes the audit log where there is no request to be passed on. */
  readonly keep: ReportedAudit['keep']
  /** One-time tickets, which the main process issues. */
  readonly tickets: Tickets
  /** Everything is passed on. */
  readonly isHeld: () => boolean
}

export interface WorkerServices {
  app(): HttpApp
  realtimeStats(): RealtimeStats
  /** Serves this from now on. */
  use(served: Served): void
  close(): Promise<void>
}

/** What a worker answers itself, and the way to the main process for everything else. */
export async function openWorkerServices(
  start: StartWorker,
  { database, log, metrics, keep, tickets, isHeld }: WorkerParts,
): Promise<WorkerServices> {
  const audit = createAudit({ database })
  // Never started: the main process does the background work.
  const tasks = createTasks({ log, metrics: { register: () => () => {} } })
  const authRuntime = await openAuthRuntime({ database, tasks, log, keysDir: start.keysDir })
  const mail = createMail({
    database,
    tasks,
    settings: start.settings,
    mailAdapters: MAIL_ADAPTERS,
    mode: 'start',
    log,
    secrets: authRuntime.secrets,
  })
  const socket = findSocket(workersSocket(start.databasePath))
  if (socket === null) throw new AppError('UNAVAILABLE', 'the primary process is no longer listening')
  const forward = { ...createForwarder(socket.address), all: isHeld }
  /** Whoever is unknown here may have signed in by a key that is younger than what this process knows: it is looked up then. */
  const identified = <T>(identify: () => T | Promise<T>): T | Promise<T> => {
    // What was revoked through any process until now is revoked here.
    database.look()
    const again = async (error: unknown) => {
      if (!isUnauthenticated(error) || !(await authRuntime.signingKeys.reload())) throw error
      return identify()
    }
    return orElse(identify, again)
  }
  const servable = (schema: string) => withUntypedTables(database, deserializeSchema(schema))
  const realtime = openRealtime({
    database,
    settings: start.settings,
    schema: servable(start.schema),
    credentials: {
      identify: (token) => identified(() => current.auth.identify(token)),
      credentialOf: (headers) => current.auth.credentialOf(headers),
      subscribe: (listener) => authRuntime.verified.subscribe(listener),
    },
    charge: (sender) => current.chargeMessage(sender),
    resumeKey: await openResumeKey(start.keysDir, authRuntime.instance.id),
    audit: { keep },
    tickets,
    log,
    metrics,
  })
  const composed = (settings: Served['settings'], schema: ReturnType<typeof deserializeSchema>, publicUrl: string) =>
    composeReads({
      schema,
      settings,
      database,
      log,
      metrics,
      audit,
      mail,
      authRuntime,
      realtime,
      publicUrl: () => publicUrl,
      forward,
      // The main process answers whoever is unknown: it counts those who guess.
      identifying: (identify) =>
        orElse(
          () => identified(identify),
          (error) => {
            throw isUnauthenticated(error) ? new WrittenElsewhereError() : error
          },
        ),
    })
  let current = composed(start.settings, servable(start.schema), start.publicUrl)
  return {
    app: () => current.app,
    realtimeStats: realtime.stats,
    use({ settings, schema, publicUrl }) {
      const next = servable(schema)
      current = composed(settings, next, publicUrl)
      realtime.use({ settings, schema: next })
    },
    async close() {
      realtime.close()
      await authRuntime.close()
      socket.close()
    },
  }
}

function isUnauthenticated(error: unknown): boolean {
  return error instanceof AppError && error.code === 'UNAUTHENTICATED'
}

function orElse<T>(work: () => T | Promise<T>, failed: (error: unknown) => T | Promise<T>): T | Promise<T> {
  try {
    const done = work()
    return done instanceof Promise ? done.catch(failed) : done
  } catch (error) {
    return failed(error)
  }
}
