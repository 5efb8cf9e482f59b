import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createApi, createKey, runKoyalite, startServer } from '@koyalite/testkit'
import { canMount, projectOn, smallDisk } from './small-disk'

setDefaultTimeout(120_000)

const SCHEMA = `version: 1
collections:
  notes:
    fields:
      id: { type: int, primary: true }
      text: { type: text }
`
const mountable = canMount()

describe('docs/operations.md: the disk is full', () => {
  test.skipIf(!mountable)(
    'writes are refused and nothing that was acknowledged is lost; with space, they go on (needs root, to mount a small disk)',
    async () => {
      const disk = smallDisk(24)
      if (disk === null) throw new Error('the disk could be mounted before')
      const project = projectOn(disk, { 'schema.yaml': SCHEMA })
      try {
        const key = await createKey(project)
        writeFileSync(project.path('ballast'), Buffer.alloc(8 * 1024 * 1024))
        let server = await startServer(project)
        let api = createApi(server.url, key)
        const acknowledged: number[] = []
        const text = 'x'.repeat(100_000)
        let refused = null
        for (let id = 1; id <= 400 && refused === null; id++) {
          const response = await api.post('/api/collections/notes', { id, text })
          if (response.status === 201) acknowledged.push(id)
          else refused = response
        }
        expect(refused?.status).toBe(503)
        expect(refused?.body.error).toMatchObject({
          code: 'UNAVAILABLE',
          message: 'the server cannot store anything at the moment',
        })
        // Reading goes on.
        expect((await api.list('notes', { count: true, fields: 'id', limit: 1 })).body.total).toBe(acknowledged.length)
        // A backup has no place, says so, and leaves nothing.
        const backup = await runKoyalite(['db', 'backup', '--dir', project.dir])
        expect(backup.code).toBe(1)
        expect(backup.stderr).toContain('Not enough disk space for a backup')
        expect(readdirSync(project.path('data/backups'))).toEqual([])
        const doctor = await runKoyalite(['doctor', '--json', '--dir', project.dir])
        expect(doctor.code).toBe(1)
        expect(doctor.stdout).toContain('not enough for a backup')
        // Recovery: free some space; nothing has to be restarted.
        rmSync(project.path('ballast'))
        const next = await api.post('/api/collections/notes', { id: 1001, text: 'after' })
        expect(next.status).toBe(201)
        acknowledged.push(1001)
        await server.kill('SIGKILL')
        server = await startServer(project)
        api = createApi(server.url, key)
        const { body } = await api.list('notes', { fields: 'id', limit: 500 })
        expect(body.docs.map(({ id }: { id: number }) => id)).toEqual(acknowledged)
        await server.kill('SIGTERM')
      } finally {
        project.remove()
      }
    },
  )
})

describe('docs/operations.md: the file system is read-only', () => {
  test.skipIf(!mountable)('start and doctor say so (needs root, to mount a disk)', async () => {
    const disk = smallDisk(24)
    if (disk === null) throw new Error('the disk could be mounted before')
    const project = projectOn(disk, { 'schema.yaml': SCHEMA })
    try {
      await createKey(project)
      disk.remount('ro')
      const start = await runKoyalite(['start', '--port', '0', '--dir', project.dir])
      expect(start.code).toBe(1)
      expect(start.stderr).toContain('koyalite.db cannot be opened')
      expect(start.stderr).toContain('mounted read-only')
      const doctor = await runKoyalite(['doctor', '--json', '--dir', project.dir])
      expect(doctor.code).toBe(1)
      expect(doctor.stdout).toContain(`${disk.path} is mounted read-only`)
      disk.remount('rw')
      const server = await startServer(project)
      expect(await server.kill('SIGTERM')).toBe(0)
    } finally {
      project.remove()
    }
  })
})
