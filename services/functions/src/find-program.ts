import { realpathSync } from 'node:fs'
import { basename } from 'node:path'

/** Where programs are that the environment of a service often does not name. */
const USUAL = '/usr/local/bin:/usr/bin:/opt/homebrew/bin'

/** Where a program of this machine really is; null where there is none. It is not started. */
export function findProgram(name: string): string | null {
  const found = Bun.which(name) ?? Bun.which(name, { PATH: USUAL })
  if (found === null) return null
  const path = realpathSync(found)
  // Bun stands in for Node.js where a package script of it runs.
  return /^bun/.test(basename(path)) ? null : path
}

/** The first line of what it says of itself; null where it does not start. */
export async function versionOf(program: string, argument: string): Promise<string | null> {
  return (await outputOf([program, argument]))?.split('\n')[0]?.trim() ?? null
}

/** What a program of the machine writes; null where it fails. It has nothing of the server's environment. */
export async function outputOf(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string | null> {
  try {
    const child = Bun.spawn([...command], {
      ...{ env, cwd: '/', stdin: 'ignore', stdout: 'pipe', stderr: 'ignore' },
      ...{ timeout: 10_000, killSignal: 'SIGKILL' },
    })
    const [code, text] = await Promise.all([child.exited, child.stdout.text()])
    return code === 0 ? text.trim() : null
  } catch {
    return null
  }
}
