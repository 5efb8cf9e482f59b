const MAX_BYTES = 64 * 1024

export interface OutputTail {
  /** The end of what was written up to now. */
  text(): string
  /** Resolves when all streams have ended. */
  readonly ended: Promise<unknown>
}

/** Reads streams, in the order in which they write, with bounded memory. */
export function outputTail(streams: readonly ReadableStream<Uint8Array>[]): OutputTail {
  const pieces: Uint8Array[] = []
  let bytes = 0
  const read = async (stream: ReadableStream<Uint8Array>) => {
    try {
      for await (const piece of stream) {
        pieces.push(piece)
        bytes += piece.length
        while (bytes - (pieces[0]?.length ?? 0) > MAX_BYTES) bytes -= pieces.shift()?.length ?? 0
      }
    } catch {
      // Who wrote was ended.
    }
  }
  return {
    text: () => Buffer.concat(pieces).subarray(-MAX_BYTES).toString('utf8'),
    ended: Promise.all(streams.map(read)),
  }
}
