import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { chmodSync } from 'node:fs'
import { createKey, createProject, runKoyalite, startServer, type TempProject } from '@koyalite/testkit'

setDefaultTimeout(60_000)

const SCHEMA = `version: 1
collections:
  posts:
    fields:
      id: { type: int, primary: true, default: auto }
      title: { type: string }
    rules: { read: "true", create: "auth.id != null", update: "doc.title.trim() == 'x'" }
`
interface Finding {
  readonly check: string
  readonly level: 'ok' | 'note' | 'problem'
  readonly message: string
  readonly advice?: string
}
const projects: TempProject[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

async function examined(project: TempProject): Promise<{ code: number; findings: readonly Finding[] }> {
  const { code, stdout } = await runKoyalite(['doctor', '--json', '--dir', project.dir])
  return { code, findings: JSON.parse(stdout).findings }
}
async function create(schema = SCHEMA): Promise<TempProject> {
  const project = createProject({ schema })
  projects.push(project)
  await createKey(project)
  return project
}
const named = (findings: readonly Finding[], check: string) => findings.find((finding) => finding.check === check)

describe('doctor', () => {
  test.each(['without a server', 'beside a server'])(
    'finds nothing wrong with a new project %s, and lists what is open',
    async (where) => {
      const project = await create()
      const server = where === 'beside a server' ? await startServer(project) : null
      const { code, findings } = await examined(project)
      await server?.kill('SIGTERM')
      expect(findings.filter(({ level }) => level === 'problem')).toEqual([])
      expect(code).toBe(0)
      expect(named(findings, 'server')?.message).toBe(server === null ? 'no server is running' : 'a server is running')
      expect(named(findings, 'public operations')).toMatchObject({
        level: 'note',
        message: 'everyone may: posts (read)',
      })
      expect(named(findings, 'slow rules')?.message).toContain('posts.update: doc.title.trim()')
    },
  )

  test('what others may read is a problem, with the command that mends it', async () => {
    const project = await create()
    chmodSync(project.path('data/koyalite.db'), 0o644)
    const { code, findings } = await examined(project)
    expect(code).toBe(1)
    expect(named(findings, 'permissions')).toMatchObject({ level: 'problem', advice: 'chmod 600 data/koyalite.db' })
    const text = await runKoyalite(['doctor', '--dir', project.dir])
    expect(text.code).toBe(1)
    expect(text.stdout).toContain(
      '✗ permissions: others than the owner may read data/koyalite.db\n  chmod 600 data/koyalite.db\n',
    )
    expect(text.stderr).toBe('error: there is a problem\n')
  })

  test('files that are wrong are named line by line, and the database is looked at all the same', async () => {
    const project = await create()
    project.write('schema.yaml', SCHEMA.replace('type: string', 'type: strng'))
    const { code, findings } = await examined(project)
    expect(code).toBe(1)
    expect(findings[0]).toMatchObject({ check: 'open', level: 'problem' })
    expect(findings[0]?.message).toContain("unknown type 'strng'")
    expect(named(findings, 'integrity')?.level).toBe('ok')
  })
})
