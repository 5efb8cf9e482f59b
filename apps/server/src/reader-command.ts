import { fileURLToPath } from 'node:url'

/** The first argument by which the executable knows that it is a reader process. */
export const READER_ARGUMENT = '__reader'

/** Starts a process that runs queries which may have to be killed: from a clone its own file, else the executable itself. */
export function readerCommand(): string[] {
  const source = fileURLToPath(new URL('./reader-main.ts', import.meta.url))
  return isCompiled(source) ? [process.execPath, READER_ARGUMENT] : [process.execPath, source]
}

/** Inside an executable made by `bun build --compile`, modules live in a file system of its own. */
function isCompiled(path: string): boolean {
  return path.includes('$bunfs') || path.includes('~BUN')
}
