// Runs a command that reaches other machines by the egress proxy alone: `egress.js <socket of the proxy> <command…>`. Where the network is not shared there
// is no other way; elsewhere programs keep to it.
import { openEgress } from '../host/open-egress'
import { proxyVariables } from '../host/proxy-variables'

const [socket, ...command] = process.argv.slice(2)
if (socket === undefined || command.length === 0) {
  console.error('usage: egress.js <socket of the proxy> <command…>')
  process.exit(2)
}
const proxy = await openEgress(socket)
const child = Bun.spawn(command, {
  env: { ...process.env, ...proxyVariables(proxy) },
  stdio: ['ignore', 'inherit', 'inherit'],
})
const code = await child.exited
process.exit(child.signalCode === null ? code : 128)
