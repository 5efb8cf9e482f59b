import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Named pipes that a container writes its output to: it comes here without passing the engine, which would hold it up and take a processor to copy it. */
export interface OutputPipes {
  /** What the container sees, and cannot change. */
  readonly folder: string
  readonly stdout: ReadableStream<Uint8Array>
  readonly stderr: ReadableStream<Uint8Array>
  /** Nobody writes any more: the streams end with what has been written. */
  end(): void
}

export const STDOUT = 'out'
export const STDERR = 'err'

export function makeOutputPipes(): OutputPipes {
  const folder = mkdtempSync(join(tmpdir(), 'koyalite-f-'))
  try {
    const made = Bun.spawnSync(['mkfifo', '-m', '600', join(folder, STDOUT), join(folder, STDERR)])
    if (!made.success) throw new Error(`named pipes cannot be made: ${made.stderr.toString().trim()}`)
    const [stdout, stderr] = [openPipe(join(folder, STDOUT)), openPipe(join(folder, STDERR))]
    return {
      ...{ folder, stdout: stdout.stream, stderr: stderr.stream },
      end() {
        stdout.end()
        stderr.end()
        rmSync(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

function openPipe(path: string) {
  const reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  // A pipe without a writer is at its end: this one holds it open until the container has ended.
  const writing = openSync(path, constants.O_WRONLY)
  const stream = Bun.file(reading).stream()
  return {
    stream: endingWith(stream, () => closeSync(reading)),
    end: () => closeSync(writing),
  }
}

/** A stream that does something once it has been read to its end. */
function endingWith(stream: ReadableStream<Uint8Array>, done: () => void): ReadableStream<Uint8Array> {
  return stream.pipeThrough(new TransformStream({ flush: done }))
}
