import { freePort } from './free-port'
import { type CommandOptions, koyaliteCommand, koyaliteEnvironment } from './koyalite-command'
import type { TempProject } from './temp-project'
import { until } from './until'

export interface ServerProcess {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Exit code, once it has ended. */
  readonly exited: Promise<number>
  /** Everything it has written to stdout and stderr so far. */
  output(): string
  /** Waits until it has written this: what it logs comes up to a fifth of a second after what it did. */
  said(text: string): Promise<void>
  /** Sends a signal and waits for the end; returns the exit code. */
  kill(signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): Promise<number>
}

export interface ServerOptions {
  readonly env?: CommandOptions['env']
  readonly port?: number
  /** `settings`: no --port is given; `port` says which one the settings name. */
  readonly portArgument?: 'flag' | 'settings'
  readonly command?: 'start' | 'dev'
  readonly args?: readonly string[]
  /** A module that runs in the server before it starts; the server is then run from source. */
  readonly preload?: string
}

/** How long a server may take to its first response before the test fails; a bound against hanging, not a measurement. */
const READY_WITHIN_MS = 30_000

/** Starts `koyalite start` on a project and returns once /health/ready answers 200. Throws with its output if it ends before. */
export async function startServer(project: TempProject, options: ServerOptions = {}): Promise<ServerProcess> {
  const port = options.port ?? freePort()
  const args = [options.command ?? 'start', '--dir', project.dir, ...(options.args ?? [])]
  if (options.portArgument !== 'settings') args.push('--port', String(port))
  const child = Bun.spawn([...koyaliteCommand(options.preload), ...args], {
    env: koyaliteEnvironment(options.env),
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const output: string[] = []
  collect(child.stdout, output)
  collect(child.stderr, output)
  const server: ServerProcess = {
    url: `http://127.0.0.1:${port}`,
    port,
    pid: child.pid,
    exited: child.exited,
    output: () => output.join(''),
    async said(text) {
      await until(() => server.output().includes(text), {
        what: () => `the server says '${text}', not only:\n${server.output()}`,
      })
    },
    kill(signal) {
      child.kill(signal)
      return child.exited
    },
  }
  const ready = await Promise.race([answersReady(server.url), child.exited.then((code) => `it ended with ${code}`)])
  if (ready !== true) {
    await server.kill('SIGKILL')
    throw new Error(`the server did not become ready: ${ready || 'no answer'}\n${server.output()}`)
  }
  return server
}

function answersReady(url: string): Promise<boolean> {
  const isReady = async () => {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined)
    return response?.status === 200
  }
  return until(isReady, { withinMs: READY_WITHIN_MS }).catch(() => false)
}

async function collect(stream: ReadableStream<Uint8Array>, into: string[]): Promise<void> {
  const decoder = new TextDecoder()
  for await (const chunk of stream) into.push(decoder.decode(chunk, { stream: true }))
}
