import { AppError } from '@koyalite/contracts'
import { createCallHandlers, createLog, createMetrics, serve, type WorkerRole } from '@koyalite/kernel'
import { SQL_FUNCTIONS } from '@koyalite/query'
import { type FollowingDatabase, followDatabase } from '@koyalite/sqlite'
import { readerCommand } from '../reader-command'
import { createCallChannel } from './call-channel'
import { createGate, pausedApp } from './paused-app'
import {
  type AskedOrder,
  METRICS,
  type StartWorker,
  UNTRUSTED_PROXY,
  type WorkerOrder,
  type WorkerReport,
} from './worker-protocol'
import { openWorkerServices } from './worker-services'

/**
 * The whole life of a worker: it shares the port with the others, serves reads itself and passes everything else on to the main
 * process, whose orders it follows. It ends with the main process, however that ended. SPEC.md.
 */
export function runWorkerProcess(): void {
  let worker: Worker | null = null
  const handlers = createCallHandlers()
  const calls = createCallChannel(report, handlers.handle)
  const way = { answer: handlers.answer, askPrimary: calls.call }
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
    if (order.type === 'start') worker = await openWorker(order, way)
    else await worker?.obey(order)
  }
  process.on('message', (order: WorkerOrder) => {
    if (order.type === 'durable') worker?.database.durable(order.position)
    else if (order.type === 'stop') stop()
    else if (order.type === 'beat') report({ type: 'alive' })
    else if (order.type === 'call' || order.type === 'returned' || order.type === 'threw') calls.receive(order)
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
  obey(order: AskedOrder): Promise<void>
  /** Finishes the running requests. */
  close(): Promise<void>
}

async function openWorker(start: StartWorker, way: Pick<WorkerRole, 'answer' | 'askPrimary'>): Promise<Worker> {
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
  const gate = createGate(start.paused)
  const services = await openWorkerServices(start, {
    role: { kind: 'worker', index: start.index, count: start.workers, catchUp: () => database.look(), ...way },
    ...{ database, log, metrics, isPaused: () => gate.isClosed },
  })
  const server = serve({ host: start.host, port: start.port, app: () => pausedApp(gate, services.app), shared: true })
  const { max_connections: max } = start.settings.server
  const own = max === null ? null : Math.ceil(max / start.workers)
  metrics.register(...server.limitConnections({ max: own, log }))
  report({ type: 'listening' })
  // Its numbers show that it serves.
  way.answer(METRICS, () => metrics.text())
  way.answer(UNTRUSTED_PROXY, () => metrics.http.hasUntrustedProxy())
  return {
    database,
    async obey(order) {
      if (order.type === 'pause') gate.close()
      if (order.type === 'load') {
        await database.clearStatements()
        services.use(order)
        gate.open()
      }
      report({ type: 'done', id: order.id })
    },
    async close() {
      services.drain()
      await server.close()
      await services.close()
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
