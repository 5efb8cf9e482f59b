import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { renameSync, rmSync } from 'node:fs'
import { createApi, createKey, startServer, useProjects } from '@koyalite/testkit'

setDefaultTimeout(60_000)

const projects = useProjects()

/** Writes until the process ends; gives the statuses that were answered. */
async function writeToTheEnd(url: string, key: string): Promise<readonly number[]> {
  const statuses: number[] = []
  for (let id = 100; ; id++) {
    const response = await createApi(url, key)
      .post('/api/collections/notes', { id, text: 'x' })
      .catch(() => null)
    if (response === null) return statuses
    statuses.push(response.status)
  }
}

describe('an end that nobody asked for says so on the terminal', () => {
  for (const command of ['start', 'dev'] as const) {
    test(`${command}: the project's folder is moved; what was acknowledged is there when it is started again`, async () => {
      const project = projects.create()
      const key = await createKey(project)
      const server = await startServer(project, { command })
      expect((await createApi(server.url, key).post('/api/collections/notes', { id: 1, text: 'x' })).status).toBe(201)
      const moved = projects.create().dir
      rmSync(moved, { recursive: true })
      renameSync(project.dir, moved)
      expect(await writeToTheEnd(server.url, key)).not.toContain(201)
      expect(await server.exited).toBe(1)
      const [line = '', ...more] = server
        .output()
        .split('\n')
        .filter((text) => text.startsWith('error:'))
      expect(more).toEqual([])
      expect(line).toContain('koyalite.db-wal is gone')
      expect(line).toContain('the folder was moved')
      const again = await startServer({ ...project, dir: moved })
      expect((await createApi(again.url, key).get('/api/collections/notes/1')).status).toBe(200)
      await again.kill('SIGTERM')
    })
  }

  test('the -wal file is removed: what it held is saved first', async () => {
    const project = projects.create()
    const key = await createKey(project)
    const server = await startServer(project)
    expect((await createApi(server.url, key).post('/api/collections/notes', { id: 1, text: 'x' })).status).toBe(201)
    rmSync(project.path('data/koyalite.db-wal'))
    await writeToTheEnd(server.url, key)
    expect(await server.exited).toBe(1)
    await server.said('Its content was saved to the database file')
    const again = await startServer(project)
    expect((await createApi(again.url, key).get('/api/collections/notes/1')).status).toBe(200)
    await again.kill('SIGTERM')
  })
})
