import { resolve } from 'node:path'
import type { Command } from 'commander'
import { formatBytes } from '../backup/format-bytes'
import { type Keep, parseKeep } from '../backup/parse-keep'
import { writeSettings } from '../backup/write-settings'
import { CommandError } from '../command-error'
import { helpNotes } from '../help-text'
import { backupProgress, sourcesOf } from '../progress-files'
import { adminOf, type Project, projectFolder, withProject } from '../project'
import { projectCommand } from '../project-command'
import { formatDuration, note, print, printJson } from '../terminal'
import { working } from '../working'

const EXAMPLES = `koyalite db backup
koyalite db backup --to /mnt/backups/before-release.tar
koyalite db backup --schedule "0 3 * * *" --keep 30d`

const NOTES = `
A backup is a consistent snapshot of the database, data/keys and data/files, with checksums. Reads and writes continue meanwhile.
--to takes an existing folder (the backup is named automatically) or the path of the backup itself: a folder, one file (.tar), or
only the database (.db). Encrypted data stays encrypted. With --schedule no backup is made now: the schedule is written to
koyalite.yaml, and the running server follows it.`

interface BackupOptions {
  readonly dir?: string
  readonly to?: string
  readonly schedule?: string
  readonly keep?: Keep
  readonly json?: true
}

export function dbBackupCommand(): Command {
  return projectCommand('backup', 'back up the database, keys and files while the server runs', EXAMPLES)
    .option('--to <path>', 'destination (default: backups.dir of koyalite.yaml, data/backups)')
    .option('--schedule <cron>', 'schedule backups: minute, hour, day, month, weekday; off disables the schedule')
    .option(
      '--keep <count or age>',
      'remove older backups from the folder: a count like 7, or an age like 30d',
      parseKeep,
    )
    .option('--json', 'print the result as JSON')
    .addHelpText('after', helpNotes(NOTES))
    .action((options: BackupOptions) =>
      withProject(
        options.dir,
        (project) => (options.schedule === undefined ? backUp(project, options) : schedule(project, options)),
        { migrate: 'none' },
      ),
    )
}

async function backUp(project: Project, { dir: folder, to, keep, json }: BackupOptions): Promise<void> {
  const dir = projectFolder(folder)
  const started = performance.now()
  // The slash says that a folder is meant, also if there is none yet.
  const path: { to?: string } = to === undefined ? {} : { to: to.endsWith('/') ? `${resolve(to)}/` : resolve(to) }
  const body = { ...path, ...(keep === undefined ? {} : { keep: keep.retention }) }
  const made = await working(
    'Backing up',
    () => adminOf(project).createBackup({ body }),
    backupProgress(path.to ?? `${resolve(dir, project.settings.backups.dir)}/`, sourcesOf(project, dir)),
  )
  if (json === true) return printJson(made)
  print(`Backed up to ${made.path} (${formatBytes(made.bytes ?? 0)}, ${formatDuration(performance.now() - started)})`)
  for (const removed of made.removed) note(`Removed ${removed}`)
  if (made.form === 'database') note('A .db backup contains no keys and files. Use a folder or a .tar to include them.')
}

async function schedule(project: Project, options: BackupOptions): Promise<void> {
  if (options.to !== undefined && /\.(tar|db|sqlite3?)$/.test(options.to)) {
    throw new CommandError('scheduled backups need a folder', { exitCode: 2, advice: 'Pass a folder to --to.' })
  }
  const line = options.schedule === 'off' || options.schedule === 'null' ? null : (options.schedule ?? null)
  const body = { schedule: line, ...(options.keep === undefined ? {} : { keep: options.keep.retention }) }
  // Before the file is touched: it must not get what the server would not take.
  const response = await adminOf(project).setBackupSchedule({ body })
  writeSettings(projectFolder(options.dir), {
    'backups.schedule': line,
    ...(options.keep === undefined ? {} : { 'backups.keep': options.keep.written }),
    ...(options.to === undefined ? {} : { 'backups.dir': resolve(options.to) }),
  })
  if (options.json === true) return printJson(response)
  if (line === null) return print('Scheduled backups are disabled.')
  print(`The next backup runs at ${response.next}.`)
  if (!project.live) note("Scheduled backups are made by the running server: 'koyalite start' or 'koyalite dev'.")
  else if (options.to !== undefined) note('Restart the server to use the new folder.')
}
