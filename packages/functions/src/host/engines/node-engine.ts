import type { Engine } from './engine'
import { useProxy } from './node-proxy'
import { connectOverSocket } from './node-requests'
import { serveOnSocket } from './node-server'

/** Node.js 20 and later. */
export const nodeEngine: Engine = {
  runtime: `node ${process.versions.node}`,
  connect: connectOverSocket,
  listen: serveOnSocket,
  useProxy,
}
