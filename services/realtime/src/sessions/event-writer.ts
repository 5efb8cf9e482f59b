const ENCODER = new TextEncoder()

/** Server-sent events as the body of a response. What is written to an ended one is dropped. */
export class EventWriter {
  readonly #stream: ReadableStream<Uint8Array>
  readonly #ended: () => void
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null
  #waiting = 0

  /** @param ended is called once, by whichever side it ends; @param drained when the client has taken what was written */
  constructor({ ended, drained }: { readonly ended: () => void; readonly drained: () => void }) {
    this.#ended = ended
    this.#stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => {
          this.#waiting = 0
          drained()
        },
        cancel: () => this.#end(),
      },
      { highWaterMark: 0 },
    )
  }

  /** Bytes that wait for the client to take them. */
  get buffered(): number {
    return this.#waiting
  }

  /** @param lines whole events or comments, each with the empty line behind it */
  write(lines: string): void {
    if (this.#controller === null) return
    const bytes = ENCODER.encode(lines)
    this.#waiting += bytes.byteLength
    try {
      this.#controller.enqueue(bytes)
    } catch {
      this.#end()
    }
  }

  close(): void {
    try {
      this.#controller?.close()
    } catch {
      // The client had gone already, and the stream with it.
    }
    this.#end()
  }

  response(): Response {
    return new Response(this.#stream, {
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // Proxies that hold a response back until it is complete would hold it back for ever.
        'x-accel-buffering': 'no',
      },
    })
  }

  #end(): void {
    if (this.#controller === null) return
    this.#controller = null
    this.#ended()
  }
}

/** An event by which a stream says up to where everything has been sent. */
export function progressText(seq: string): string {
  return JSON.stringify({ type: 'progress', payload: { seq } })
}
