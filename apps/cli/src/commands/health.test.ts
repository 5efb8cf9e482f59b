import { expect, setDefaultTimeout, test } from 'bun:test'
import { createProject, freePort, runKoyalite, startServer } from '@koyalite/testkit'

setDefaultTimeout(60_000)

test('the exit code says whether a server is ready', async () => {
  const project = createProject({ schema: 'version: 1\ncollections: {}\n' })
  const server = await startServer(project)
  expect(await runKoyalite(['health', server.url])).toEqual({ code: 0, stdout: 'ready\n', stderr: '' })
  await server.kill('SIGTERM')
  const { code, stderr } = await runKoyalite(['health', server.url])
  expect(stderr).toContain(`${server.url} is not ready`)
  expect(code).toBe(1)
  project.remove()
})

test('a malformed URL is a usage error', async () => {
  expect((await runKoyalite(['health', String(freePort())])).code).toBe(2)
})
