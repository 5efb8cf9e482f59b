import type { Command } from 'commander'
import { CommandError } from './command-error'

/** Adds `--password-stdin`: passwords in arguments would be read by everybody who lists processes. */
export function withPasswordOptions(command: Command): Command {
  return command.option('--password-stdin', 'read the password from stdin')
}

/** `{ password }`, or `{}` where none is to be set. Throws for an empty one. */
export async function readPassword(options: {
  readonly passwordStdin?: true
}): Promise<{ readonly password?: string }> {
  if (options.passwordStdin !== true) return {}
  const text = await Bun.stdin.text()
  const password = text.replace(/\r?\n$/, '')
  if (password === '') throw new CommandError('no password on stdin', { exitCode: 2 })
  return { password }
}
