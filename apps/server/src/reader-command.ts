import { fileURLToPath } from 'node:url'
import { isCompiled } from '@koyalite/contracts'

/** The first argument by which the executable knows that it is a reader process. */
const READER_ARGUMENT = '__reader'

/** Starts a process that runs queries which may have to be killed: from a clone its own file, else the executable itself. */
export function readerCommand(): string[] {
  return ownCommand(fileURLToPath(new URL('./reader-main.ts', import.meta.url)), READER_ARGUMENT)
}

/** The folder that a command is run in belongs to a project, which may be anybody's: its .env and bunfig.toml are neither read nor run. */
const BUN_FLAGS: readonly string[] = [
  '--no-env-file',
  `--config=${fileURLToPath(new URL('./bunfig.toml', import.meta.url))}`,
]

/** @param source the file of the program @param argument with which the executable runs that program */
export function ownCommand(source: string, argument: string): string[] {
  return isCompiled(source) ? [process.execPath, argument] : [process.execPath, ...BUN_FLAGS, source]
}
