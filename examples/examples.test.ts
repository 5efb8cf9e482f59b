import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import {
  createKey,
  createProject,
  koyaliteEnvironment,
  runKoyalite,
  type ServerProcess,
  startServer,
  type TempProject,
  testSamples,
} from '@koyalite/testkit'

interface Example {
  readonly name: string
  /** Brings the example's data into a copy of its project. */
  readonly fill: (project: TempProject) => Promise<void>
}

const EXAMPLES: readonly Example[] = [
  {
    name: 'blog',
    fill: async (project) => {
      const result = await runKoyalite(['db', 'seed', '--dir', project.dir])
      expect(result).toMatchObject({ code: 0, stderr: '' })
      expect(result.stdout.split('\n').slice(0, 4)).toEqual([
        'categories  6 new',
        'users       36 new',
        'posts       195 new',
        'comments    563 new',
      ])
    },
  },
  {
    name: 'atlas',
    fill: async (project) => {
      const child = Bun.spawn([process.execPath, join(import.meta.dir, 'atlas/import.ts'), project.dir], {
        env: koyaliteEnvironment(),
        stdout: 'pipe',
        stderr: 'pipe',
      })
      const [code, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toContain('Imported 252 documents into countries')
      expect(stdout).toContain('Imported 135,233 documents into cities')
    },
  },
]

describe.each(EXAMPLES)('examples/$name', ({ name, fill }) => {
  const folder = join(import.meta.dir, name)
  let project: TempProject
  let server: ServerProcess
  let key: string
  beforeAll(async () => {
    project = createProject()
    for (const part of ['schema.yaml', 'koyalite.yaml', ...(name === 'blog' ? ['seeds', 'rules'] : [])]) {
      cpSync(join(folder, part), project.path(part), { recursive: true })
    }
    await fill(project)
    key = await createKey(project)
    server = await startServer(project)
    // A bound against hanging: 135,233 cities take a minute, and ten on a machine that has much else to do.
  }, 900_000)
  afterAll(async () => {
    await server?.kill('SIGTERM')
    project?.remove()
  })

  // The first steps in the repository's own README are taken in the blog.
  const readmes = name === 'blog' ? ['README.md', '../../README.md'] : ['README.md']
  const count = testSamples(
    readmes.map((readme) => join(folder, readme)),
    { url: () => server.url, dir: () => project.dir, key: () => key, folder: `examples/${name}` },
  )
  test('its README has samples', () => expect(count).toBeGreaterThan(3))

  if (name === 'blog') {
    test('its rule tests pass', async () => {
      const result = await runKoyalite(['rules', 'test', '--dir', project.dir])
      expect(result).toMatchObject({ code: 0, stderr: '' })
    })
  }
})
