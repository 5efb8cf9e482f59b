/**
 * Loaded into a server before it starts (`--preload`): measures the longest turn of its event loop, and tells it on a port of its own. In processor time: on a busy
 * machine a turn may wait for a processor, which is nobody's fault.
 */
const EVERY_MS = 2

let before = process.threadCpuUsage()
let longest = 0

setInterval(() => {
  const { user, system } = process.threadCpuUsage(before)
  before = process.threadCpuUsage()
  longest = Math.max(longest, (user + system) / 1000)
}, EVERY_MS).unref()

Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.env.WATCHDOG_PORT),
  fetch() {
    const response = String(longest)
    longest = 0
    return new Response(response)
  },
}).unref()
