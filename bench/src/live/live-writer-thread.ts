/** The writer's thread: sends the writes it is given and reports their latency, undisturbed by the deliveries to subscribers. */
import { connect, type HttpConnection } from '../http-connection'
import type { WriterOrder, WriterReply } from './live-writer'

declare const self: Worker

const free: HttpConnection[] = []
let requests: readonly Buffer[] = []
let success = 0

self.onmessage = async ({ data: order }: MessageEvent<WriterOrder>) => {
  if (order.type === 'open') {
    requests = order.requests.map((bytes) => Buffer.from(bytes))
    success = order.success
    for (let n = 0; n < order.connections; n++)
      free.push(await connect(order.port, (reason) => tell({ type: 'failure', reason: `connection ${reason}` })))
    return tell({ type: 'open' })
  }
  const connection = free.pop()
  const request = requests[order.request]
  if (connection === undefined || request === undefined) throw new Error('more writes at once than connections')
  const started = performance.now()
  connection.send(request, (status, body) => {
    const milliseconds = performance.now() - started
    free.push(connection)
    if (status !== success) tell({ type: 'failure', reason: `status ${status}: ${body.toString('utf8', 0, 120)}` })
    tell({ type: 'answered', number: order.number, milliseconds })
  })
}

function tell(response: WriterReply): void {
  self.postMessage(response)
}
