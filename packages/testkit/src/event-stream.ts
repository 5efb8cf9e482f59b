/** A server-sent event, with its data as JSON. */
export interface StreamEvent {
  readonly event: string
  readonly id: string | null
  // biome-ignore lint/suspicious/noExplicitAny: a test states what it expects of it
  readonly data: any
}

/** A list as server-sent events. */
export interface EventStream {
  /** The next event; null when the server has ended the stream. */
  next(): Promise<StreamEvent | null>
  close(): Promise<void>
}

/** Opens a stream of events. Throws with the body of a response that is not a stream. */
export async function openEventStream(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  method: 'GET' | 'POST' = 'GET',
): Promise<EventStream> {
  const response = await fetch(url, { method, keepalive: false, headers: { accept: 'text/event-stream', ...headers } })
  const type = response.headers.get('content-type')
  if (response.status !== 200 || !type?.startsWith('text/event-stream')) {
    throw new Error(`no event stream: ${response.status} ${type} ${await response.text()}`)
  }
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let text = ''
  return {
    async next() {
      for (;;) {
        const event = takeEvent()
        if (event !== null) return event
        const { value, done } = await reader.read()
        if (done) return null
        text += decoder.decode(value, { stream: true })
      }
    },
    close: () => reader.cancel(),
  }

  /** Comments are passed over. */
  function takeEvent(): StreamEvent | null {
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n')
      text = text.slice(end + 2)
      const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? null
      const data = field('data')
      if (data !== null) return { event: field('event') ?? 'message', id: field('id'), data: JSON.parse(data) }
    }
    return null
  }
}
