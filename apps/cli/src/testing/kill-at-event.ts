import { watch } from 'node:fs'
import { koyaliteCommand, koyaliteEnvironment } from '@koyalite/testkit'

interface KilledRun {
  /** Of the project; what happens in its `data/` is counted. */
  readonly dir: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Runs a command, and kills it with SIGKILL at the nth thing that it does in `data/`: a file that comes, goes, changes its name or is written. Gives how many things it
 * did, and whether it came to its end.
 */
export async function killAtEvent(
  { dir, args, env = {} }: KilledRun,
  nth: number,
): Promise<{ events: number; ended: boolean }> {
  let events = 0
  const child = Bun.spawn([...koyaliteCommand(), ...args, '--dir', dir], {
    cwd: dir,
    env: koyaliteEnvironment(env),
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const watcher = watch(`${dir}/data`, { recursive: true }, () => {
    if (++events === nth) child.kill('SIGKILL')
  })
  const [code, stderr] = await Promise.all([child.exited, child.stderr.text()])
  watcher.close()
  const ended = child.signalCode === null
  if (ended && code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`)
  return { events, ended }
}

/** Some of the first `events`, each from its part of them, so that all stages have their turn in the end. */
export function someEvents(events: number, count: number): readonly number[] {
  const share = events / count
  return Array.from({ length: count }, (_, index) => Math.max(1, Math.ceil(share * (index + Math.random()))))
}
