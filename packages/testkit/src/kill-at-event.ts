import { watch } from 'node:fs'

interface KilledRun {
  /** What happens in here is counted. */
  readonly folder: string
  readonly command: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
}

/**
 * Runs a command, and kills it with SIGKILL at its nth event in a folder: a file that is created, deleted, renamed or written. Returns how many
 * things it did, and whether it came to its end. What it does is counted, not how long it takes: a busy machine kills it at the same stages as an idle one.
 */
export async function killAtEvent(run: KilledRun, nth: number): Promise<{ events: number; ended: boolean }> {
  let events = 0
  const child = Bun.spawn([...run.command], {
    ...(run.cwd === undefined ? {} : { cwd: run.cwd }),
    ...(run.env === undefined ? {} : { env: run.env }),
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const watcher = watch(run.folder, { recursive: true }, () => {
    if (++events === nth) child.kill('SIGKILL')
  })
  const [code, stderr] = await Promise.all([child.exited, child.stderr.text()])
  watcher.close()
  const ended = child.signalCode === null
  if (ended && code !== 0) throw new Error(`${run.command.join(' ')} ended with ${code}: ${stderr}`)
  return { events, ended }
}

/** Some of the first `events`, each from its part of them, so that all stages have their turn in the end. */
export function someEvents(events: number, count: number): readonly number[] {
  const share = events / count
  return Array.from({ length: count }, (_, index) => Math.max(1, Math.ceil(share * (index + Math.random()))))
}
