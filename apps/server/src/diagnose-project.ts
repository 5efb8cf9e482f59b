import { resolve } from 'node:path'
import type { MigrationState, MigrationStatus } from '@koyalite/contracts'
import { checkDiskSpace, checkPermissions, checkWritable, type Finding, note, ok, problem } from '@koyalite/operations'
import { DatabaseKeyError, databaseFileKind, examineFile } from '@koyalite/sqlite'
import { connectProject, type ProjectConnection } from './connect-project'
import { databasePathOf, readProject } from './load-project'
import { openOffline } from './offline-project'
import type { ProjectOptions } from './project'
import { ProjectError } from './project-error'

/** What is wrong with a project, whether it can be opened or not, beside its server too. */
export async function diagnoseProject(options: ProjectOptions): Promise<readonly Finding[]> {
  try {
    const project = await connectProject({ ...options, migrate: 'none' })
    try {
      const response = await project.fetch('/api/admin/doctor')
      const body = (await response.json()) as { findings?: readonly Finding[]; error?: { message: string } }
      if (body.findings === undefined)
        throw new Error(body.error?.message ?? `the server responded with ${response.status}`)
      const started = ok('server', project.live ? 'a server is running' : 'no server is running')
      return [started, ...(await checkAgainstFiles(options)), ...(await checkMigrations(project)), ...body.findings]
    } finally {
      await project.close()
    }
  } catch (error) {
    return [...(await whyNot(options, error))]
  }
}

/** What is served may be older than what the files say. */
async function checkAgainstFiles(options: ProjectOptions): Promise<readonly Finding[]> {
  const { problems, warnings } = await readProject(options)
  const inert = warnings.filter((warning) => warning.includes(' is not in this version'))
  if (inert.length > 0) {
    const advice = 'They are valid but have no effect: remove them, or keep them for a later version.'
    return [note('settings', inert.join('; '), advice)]
  }
  if (problems.length === 0) return [ok('settings', 'schema.yaml and koyalite.yaml are valid')]
  return [
    problem(
      'settings',
      `schema.yaml has errors: ${problems.join('; ')}`,
      'Fix them: the server cannot start until then.',
    ),
  ]
}

/** What start would refuse, or do. Mistakes in schema.yaml have a finding of their own. */
async function checkMigrations(project: ProjectConnection): Promise<readonly Finding[]> {
  const response = await project.fetch('/api/admin/migrations')
  const { migrations, changes, problems } = (await response.json()) as MigrationStatus
  const check = 'migrations'
  const inState = (...states: readonly MigrationState['state'][]) =>
    migrations.flatMap(({ state, file }) => (file !== null && states.includes(state) ? [file] : []))
  if (inState('invalid', 'changed').length > 0)
    return [problem(check, problems.join('; '), 'Fix them: the server cannot start until then.')]
  if (problems.length > 0) return []
  const uncovered = changes.filter(({ automatic }) => !automatic).map(({ change }) => change)
  if (uncovered.length > 0) {
    const message = `schema.yaml has changes that need a migration file: ${uncovered.join('; ')}`
    return [problem(check, message, 'Create it: koyalite migrate create <name>. The server cannot start until then.')]
  }
  const drafts = inState('draft')
  if (drafts.length > 0) {
    const advice =
      'Review them, and edit them or add the line "confirm: true"; or run koyalite migrate apply. The server cannot start until then.'
    return [problem(check, `drafts that lose data wait: ${drafts.join(', ')}`, advice)]
  }
  const pending = inState('pending')
  if (pending.length === 0) return [ok(check, 'none is pending')]
  const advice = 'start applies them, and so does koyalite migrate apply.'
  return [note(check, `pending: ${pending.join(', ')}`, advice)]
}

async function whyNot(options: ProjectOptions, error: unknown): Promise<readonly Finding[]> {
  const [message, ...advice] =
    error instanceof ProjectError ? error.problems : [String((error as Error).message ?? error)]
  const opening = problem(
    'open',
    message ?? 'the project cannot be opened',
    advice.join(' ') || 'Fix the problem named above.',
  )
  return [opening, ...(await fileFindings(options).catch(() => []))]
}

async function fileFindings(options: ProjectOptions): Promise<readonly Finding[]> {
  const dir = resolve(options.dir)
  const { settings } = openOffline(dir)
  const databasePath = databasePathOf(dir, settings)
  const places = { dir, databasePath, backups: resolve(dir, settings.backups.dir) }
  const integrity = await examine(databasePath, settings.database.encryption_key ?? undefined)
  const findings = [integrity, await checkPermissions(places), await checkDiskSpace(places), checkWritable(places)]
  return findings.filter((finding) => finding !== null)
}

const RESTORE = 'Keep a copy of the folder data/, and restore a backup: koyalite db restore <backup>.'

async function examine(path: string, key: string | undefined): Promise<Finding | null> {
  const kind = databaseFileKind(path)
  if (kind === 'absent' || kind === 'empty') return null
  try {
    const { integrity } = await examineFile(path, key)
    if (integrity.length === 0) return ok('integrity', 'all pages of the database are intact')
    return problem('integrity', `the database is damaged: ${integrity.slice(0, 3).join(', ')}`, RESTORE)
  } catch (error) {
    // Said already: the project could not be opened because of it.
    if (error instanceof DatabaseKeyError) return null
    return problem('integrity', `the database could not be read completely: ${(error as Error).message}`, RESTORE)
  }
}
