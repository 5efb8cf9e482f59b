import { userInfo } from 'node:os'
import type { AdminClient } from '@koyalite/client/admin'
import { quoted } from './command-line'

/** A command on a project, from its beginning. Those that changed something are listed in the studio, with who ran them. */
export interface RunningCommand {
  /** A request of it. */
  asks(path: string, method: string): void
  /** Tells the project of the command where it has changed something. @param error why it failed; null where it did not */
  ended(admin: AdminClient, error: unknown): Promise<void>
}

/** What is asked by POST and changes nothing. */
const READS = /^\/api\/admin\/(?:rules\/|backups\/[^/]+\/verify)|[?&]dry_run=true/

/** @param args of the command line; secrets are never among them: they are asked for, or named by a reference */
export function runningCommand(args: readonly string[]): RunningCommand {
  const started = performance.now()
  let changes = false
  return {
    asks(path, method) {
      changes ||= method !== 'GET' && method !== 'HEAD' && !READS.test(path)
    },
    async ended(admin, error) {
      if (!changes) return
      const message = error === null ? null : error instanceof Error ? error.message : String(error)
      const body = {
        by: userName(),
        command: ['koyalite', ...shownArguments(args)].join(' ').slice(0, 2_000),
        ok: error === null,
        message: message?.slice(0, 2_000) ?? null,
        ms: Math.round(performance.now() - started),
      }
      // The command has done its work; failing to record it is not a failure of the command.
      await admin.recordCommand({ body }).catch(() => {})
    },
  }
}

/** Quoted for a shell. What a job is given may be for nobody else to see, and commands are listed for all operators. */
function shownArguments(args: readonly string[]): readonly string[] {
  return args.map((arg, index) => {
    if (args[index - 1] === '--payload' && !arg.startsWith('@')) return '…'
    return arg.startsWith('--payload=') ? '--payload=…' : quoted(arg)
  })
}

/** Of whom the process is; a container may have no name for its user. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'unknown')
  }
}
