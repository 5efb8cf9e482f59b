import { readFileSync } from 'node:fs'
import { type ServerOptions, type ServerProcess, startServer, type TempProject, until } from '@koyalite/testkit'

export interface WorkerServer extends ServerProcess {
  /** Process ids of the workers that live now. */
  workers(): readonly number[]
}

/** Starts a project with so many workers; resolves when all of them serve. */
export async function startWorkerServer(
  project: TempProject,
  workers: number,
  options: ServerOptions = {},
): Promise<WorkerServer> {
  const server = await startServer(project, { ...options, args: ['--workers', String(workers)] })
  await untilServed(server.url, workers)
  return { ...server, workers: () => childrenOf(server.pid).filter(isWorker) }
}

/** So many answers to the same request, each over a connection of its own: the system shares them out among the workers. */
export function askAll(
  url: string,
  count: number,
  init: RequestInit = {},
): Promise<readonly { status: number; seq: number; body: unknown }[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const response = await fetch(url, { ...init, keepalive: false })
      const seq = Number(response.headers.get('koyalite-seq')?.split('.')[1] ?? Number.NaN)
      return { status: response.status, seq, body: await response.json() }
    }),
  )
}

/** Resolves when so many workers serve. */
export async function untilServed(url: string, workers: number): Promise<void> {
  const serving = new RegExp(`^koyalite_workers\\{process="main"\\} ${workers}$`, 'm')
  await until(async () => {
    // A connection to a worker that has just been killed fails.
    const response = await fetch(`${url}/metrics`, { keepalive: false }).catch(() => undefined)
    return serving.test((await response?.text()) ?? '')
  })
}

/** Whether a process runs; one that has ended and is not yet waited for does not. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.trim().split(/\s+/).filter(Boolean).map(Number)
}

function isWorker(pid: number): boolean {
  try {
    return isAlive(pid) && /worker-main|__worker/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
  } catch {
    return false
  }
}
