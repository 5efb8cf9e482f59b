/**
 * Below the ephemeral port range, so that no outgoing connection takes the port before the server starts.
 * Test processes that run side by side have neighbouring ids, and so never try the same port.
 */
const FIRST_PORT = 12_000
const PROCESSES = 64
const PORTS_EACH = 300

let tried = Math.floor(Math.random() * PORTS_EACH)

/** A TCP port on loopback that nobody listens on at this moment. */
export function freePort(): number {
  for (let n = 0; n < PORTS_EACH; n++) {
    const port = FIRST_PORT + (process.pid % PROCESSES) + PROCESSES * (tried++ % PORTS_EACH)
    if (isFree(port)) return port
  }
  throw new Error('no free port')
}

function isFree(port: number): boolean {
  try {
    Bun.listen({ hostname: '127.0.0.1', port, socket: { data() {} } }).stop(true)
    return true
  } catch {
    return false
  }
}
