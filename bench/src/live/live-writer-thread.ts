/** The writer's thread: sends the writes it is given and reports their latency, undisturbed by the deliveries to subscribers. */
import { connect, type HttpConnection } from '../http-connection'
import type { WriterOrder, WriterReply } from './live-writer'

declare const self: Worker

let port = 0
let requests: readonly Buffer[] = []
let success = 0
let free: readonly HttpConnection[] = []

self.onmessage = async ({ data: order }: MessageEvent<WriterOrder>) => {
  if (order.type === 'open') {
    ;({ port, success } = order)
    requests = order.requests.map((bytes) => Buffer.from(bytes))
    for (let n = 0; n < order.connections; n++) free = [...free, await open()]
    return tell({ type: 'open' })
  }
  const request = requests[order.request]
  if (request === undefined) throw new Error(`there is no request ${order.request}`)
  const connection = free.at(-1) ?? (await open())
  free = free.filter((one) => one !== connection)
  const started = performance.now()
  connection.send(request, (status, body) => {
    const milliseconds = performance.now() - started
    free = [...free, connection]
    if (status !== success) tell({ type: 'failure', reason: `status ${status}: ${body.toString('utf8', 0, 120)}` })
    tell({ type: 'answered', number: order.number, milliseconds })
  })
}

/** A connection that has sent nothing for some ten seconds is refused when it does, as all but one would be in the flood: it is replaced then. */
async function open(): Promise<HttpConnection> {
  const connection = await connect(port, (reason) => {
    free = free.filter((one) => one !== connection)
    // Its response will not come: whoever waits for it would wait for ever.
    if (connection.busy) throw new Error(`connection ${reason} in the middle of a write`)
  })
  return connection
}

function tell(response: WriterReply): void {
  self.postMessage(response)
}
