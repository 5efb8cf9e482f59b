import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { helpNotes } from '../help-text'
import { confirm } from '../migrate/confirm'
import { copyProgress } from '../progress-files'
import { projectFolder } from '../project'
import { projectCommand } from '../project-command'
import { note, print, printJson } from '../terminal'
import { working } from '../working'

const EXAMPLES = `koyalite db restore data/backups/koyalite-20261121T030000Z
koyalite db restore /mnt/backups/before-release.tar --yes`

const NOTES = `
The backup is verified first: checksums, every page of its database, the key. The current data is moved to
data/before-restore-…. Stop the server first: its clients would otherwise see a mix of the two states.

Restored in the project it was made from, a backup keeps everything. In another folder it becomes a separate project: with new signing
keys, and without sessions, service keys and mailed links, so that credentials of one never work in the other. With --recover
it replaces the original, which must be gone.`

const COPY =
  'The backup is from another project, so this becomes a separate project: sessions, service keys and mailed links of the other one are not valid here.\n' +
  'If the original is gone and this project replaces it, restore again with --recover.'

interface RestoreOptions {
  readonly dir?: string
  readonly backupKey?: string
  readonly recover?: true
  readonly yes?: true
  readonly json?: true
}

export function dbRestoreCommand(): Command {
  return projectCommand('restore', 'replace the database, keys and files with those of a backup', EXAMPLES)
    .argument('<backup>', 'path of a backup, its name in backups.dir, or a folder of backups (restores the newest)')
    .option(
      '--backup-key <reference>',
      'the encryption key of the backup, if it differs from the key of the project: env:NAME or file:path',
    )
    .option('--recover', 'replace a lost original: keep its instance id, keys and sessions')
    .option('--yes', 'skip the confirmation')
    .option('--json', 'print {"backup","created_at","aside","identity"}')
    .addHelpText('after', helpNotes(NOTES))
    .action(async (backup: string, options: RestoreOptions) => {
      const dir = projectFolder(options.dir)
      const { openOffline } = await import('@koyalite/server')
      const project = openOffline(dir)
      await project.requireUnused()
      const from = placeOf(backup, resolve(dir, project.settings.backups.dir))
      await confirm(`Replace ${project.databasePath} by ${from}?`, { yes: options.yes === true })
      const restored = await working(
        'Restoring',
        () =>
          project.restore({
            from,
            recover: options.recover === true,
            ...(options.backupKey === undefined ? {} : { backupKey: options.backupKey }),
          }),
        // Of a folder of backups only one is meant; it may be as large as what it replaces.
        copyProgress(`${project.databasePath}.restore.part`, isBackup(from) ? from : project.databasePath),
      )
      if (options.json === true) {
        const { backup: path, createdAt, aside, identity } = restored
        return printJson({ backup: path, created_at: createdAt, aside, identity })
      }
      print(`Restored ${restored.backup}${restored.createdAt === null ? '' : `, made ${restored.createdAt}`}.`)
      if (restored.identity === 'copy') note(COPY)
      note(`The previous data is in ${restored.aside}. Remove it once you have checked the result.`)
    })
}

function isBackup(path: string): boolean {
  return existsSync(join(path, 'manifest.json')) || (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false)
}

function placeOf(backup: string, folder: string): string {
  const byName = join(folder, backup)
  return !existsSync(backup) && existsSync(byName) ? byName : resolve(backup)
}
