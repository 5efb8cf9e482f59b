import { createReadStream, statSync } from 'node:fs'
import { CommandError } from '../command-error'

export interface Input {
  readonly bytes: AsyncIterable<Uint8Array>
  /** In bytes; 0 where it is not known. */
  readonly size: number
  /** Bytes taken out of `bytes` so far. */
  readonly read: () => number
}

/** A file's bytes, or those of stdin for `-`. Throws a CommandError where there is no such file. */
export function openInput(path: string): Input {
  if (path === '-') return counted(process.stdin, 0)
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) throw new CommandError(`no such file: ${path}`)
  if (found.isDirectory()) throw new CommandError(`${path} is a folder`)
  return counted(createReadStream(path, { highWaterMark: 256 * 1024 }), found.size)
}

function counted(source: AsyncIterable<Uint8Array>, size: number): Input {
  let read = 0
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      read += chunk.byteLength
      yield chunk
    }
  }
  return { bytes: bytes(), size, read: () => read }
}
