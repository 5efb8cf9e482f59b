import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The files of the studio, in one: a line of JSON that lists them, then their contents. `scripts/studio.ts` writes it; an executable has it
 * inside.
 */
export interface StudioPack {
  file(path: string): StudioFile | undefined
}

export interface StudioFile {
  readonly mediaType: string
  /** Compressed by Brotli where `isCompressed`. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly isCompressed: boolean
}

/** What the first line says of a file. */
export interface PackedFile {
  readonly path: string
  readonly mediaType: string
  /** Bytes, in the order of the list. */
  readonly length: number
  readonly isCompressed: boolean
}

/** Beside the sources, once it is built. */
const BUILT = join(import.meta.dir, '../../../apps/studio/dist/studio.pack')

/** Null where it was not built: in a clone. */
export async function openStudioPack(): Promise<StudioPack | null> {
  const embedded = Bun.embeddedFiles.find((file) => 'name' in file && String(file.name).includes('studio'))
  if (embedded !== undefined) return readPack(new Uint8Array(await embedded.arrayBuffer()))
  return existsSync(BUILT) ? readPack(new Uint8Array(await Bun.file(BUILT).arrayBuffer())) : null
}

function readPack(bytes: Uint8Array<ArrayBuffer>): StudioPack {
  const lineEnd = bytes.indexOf(0x0a)
  const list: readonly PackedFile[] = JSON.parse(new TextDecoder().decode(bytes.subarray(0, lineEnd)))
  const files = new Map<string, StudioFile>()
  let start = lineEnd + 1
  for (const { path, mediaType, length, isCompressed } of list) {
    files.set(path, { mediaType, isCompressed, bytes: bytes.subarray(start, start + length) })
    start += length
  }
  return { file: (path) => files.get(path) }
}
