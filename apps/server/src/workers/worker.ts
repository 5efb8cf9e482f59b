import { AppError } from '@koyalite/contracts'
import { createLog, createMetrics, serve } from '@koyalite/kernel'
import { SQL_FUNCTIONS } from '@koyalite/query'
import { type FollowingDatabase, followDatabase } from '@koyalite/sqlite'
import { readerCommand } from '../reader-command'
import { createGate, heldApp } from './held-app'
import { createReportedAudit, type ReportedAudit } from './reported-audit'
import { createReportedTickets, type ReportedTickets } from './reported-tickets'
import type { AskedOrder, Inquiry, StartWorker, WorkerOrder, WorkerReport } from './worker-protocol'
import { openWorkerServices } from './worker-services'

/**
 * The whole life of a worker: it shares the port with the others, answers reads itself and passes everything else on to the main
 * process, whose orders it follows. It ends with the main process, however that ended. SPEC.md.
 */
export function runWorkerProcess(): void {
  let worker: Worker | null = null
  let isStopping = false
  // One order after the other: opening takes its time.
  let orders: Promise<void> = Promise.resolve()

  const stop = () => {
    if (isStopping) return
    isStopping = true
    void orders.then(async () => {
      await worker?.close()
      process.exit(0)
    })
  }
  const obey = async (order: StartWorker | AskedOrder): Promise<void> => {
    if (order.type === 'start') worker = await openWorker(order)
    else await worker?.obey(order)
  }
  process.on('message', (order: WorkerOrder) => {
    if (order.type === 'durable') worker?.database.durable(order.position)
    else if (order.type === 'kept') worker?.audit.answered(order.id, order.failure)
    else if (order.type === 'redeemed') worker?.tickets.answered(order.id, order.presented)
    else if (order.type === 'stop') stop()
    else if (order.type === 'beat') report({ type: 'alive' })
    else if (order.type === 'metrics' || order.type === 'realtime') worker?.answer(order)
    else orders = orders.then(() => obey(order)).catch(fail)
  })
  // Without the main process nobody stores anything, and nobody would end this one.
  process.on('disconnect', () => process.exit(1))
  // Ctrl-C reaches all processes of the terminal; the main one says when to stop.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', stop)
}

interface Worker {
  readonly database: FollowingDatabase
  readonly audit: ReportedAudit
  readonly tickets: ReportedTickets
  obey(order: AskedOrder): Promise<void>
  answer(inquiry: Inquiry): void
  /** Finishes the running requests. */
  close(): Promise<void>
}

async function openWorker(start: StartWorker): Promise<Worker> {
  const log = createLog({
    settings: start.settings.logs,
    dir: null,
    terminal: 'none',
    sink: (lines) => report({ type: 'log', lines }),
  })
  const key = start.settings.database.encryption_key
  const database = followDatabase({
    path: start.databasePath,
    ...(key === null ? {} : { key }),
    functions: SQL_FUNCTIONS,
    readerCommand: readerCommand(),
    durable: start.durable,
    log,
  })
  const metrics = createMetrics()
  const audit = createReportedAudit(report)
  const tickets = createReportedTickets(report)
  const gate = createGate(start.held)
  const services = await openWorkerServices(start, {
    database,
    log,
    metrics,
    keep: audit.keep,
    tickets,
    isHeld: () => gate.isClosed,
  })
  const server = serve({ host: start.host, port: start.port, app: () => heldApp(gate, services.app), shared: true })
  const { max_connections: max } = start.settings.server
  const own = max === null ? null : Math.ceil(max / start.workers)
  metrics.register(...server.limitConnections({ max: own, log }))
  report({ type: 'listening' })
  return {
    database,
    audit,
    tickets,
    async obey(order) {
      if (order.type === 'hold') gate.close()
      if (order.type === 'load') {
        await database.forgetStatements()
        services.use(order)
        gate.open()
      }
      report({ type: 'done', id: order.id, text: '' })
    },
    answer({ type, id }) {
      const text = type === 'metrics' ? metrics.text() : JSON.stringify(services.realtimeStats())
      report({ type: 'done', id, text })
    },
    async close() {
      await services.close()
      await server.close()
      await database.close()
      await log.close()
    },
  }
}

function report(message: WorkerReport): void {
  // The main process is gone: so is this one, in a moment.
  if (process.connected) process.send?.(message)
}

function fail(error: unknown): void {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  report({ type: 'failed', message: error instanceof AppError ? error.message : message })
  process.exitCode = 1
  process.disconnect?.()
}
