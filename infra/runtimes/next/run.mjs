import { spawn } from 'node:child_process'
import { createServer } from 'node:net'

const port = await new Promise((resolve) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address()
    probe.close(() => resolve(port))
  })
})
const server = spawn(process.execPath, ['node_modules/next/dist/bin/next', 'start', '-p', port, '-H', '127.0.0.1'])
await new Promise((resolve) => server.stdout.on('data', (text) => String(text).includes('Ready') && resolve()))
const response = await fetch(`http://127.0.0.1:${port}/`)
const page = await response.text()
server.kill()
if (!page.includes('<p>ok</p>')) throw new Error(page)
console.log(response.headers.get('x-checked'))
