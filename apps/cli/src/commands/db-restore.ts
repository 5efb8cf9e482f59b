import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { growingCopy } from '../growing-files'
import { confirm } from '../migrate/confirm'
import { projectFolder } from '../project'
import { projectCommand } from '../project-command'
import { note, print, printJson } from '../terminal'
import { working } from '../working'

const EXAMPLES = `koyalite db restore data/backups/koyalite-20261121T030000Z
koyalite db restore /mnt/backups/before-release.tar --yes`

const NOTES = `
The backup is verified first: checksums, every page of its database, the key. What is there now is kept in
data/before-restore-…. A running server has to be stopped: clients of one that went on would see documents of two histories.

In the project that it was made of, a backup keeps everything. In another folder it becomes a project of its own: with other signing
keys, without sessions, service keys and mailed links, so that neither opens the other. --recover: the original is gone, and this
folder takes its place.`

const COPY =
  'It was made of another project, so it becomes one of its own: sessions, service keys and mailed links of that one are not good here.\n' +
  'If that one is gone and this takes its place, restore again with --recover.'

interface RestoreOptions {
  readonly dir?: string
  readonly backupKey?: string
  readonly recover?: true
  readonly yes?: true
  readonly json?: true
}

export function dbRestoreCommand(): Command {
  return projectCommand('restore', 'replace the database, keys and files by those of a backup', EXAMPLES)
    .argument('<backup>', 'a backup, its name in backups.dir, or a folder of backups: then the newest')
    .option(
      '--backup-key <reference>',
      'what encrypted the backup, if the project has another key: env:NAME or file:path',
    )
    .option('--recover', 'the original is gone: keep its identity, keys and sessions')
    .option('--yes', 'do not ask')
    .option('--json', 'print {"backup","created_at","aside","identity"}')
    .addHelpText('after', NOTES)
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
        growingCopy(`${project.databasePath}.restore.part`, isBackup(from) ? from : project.databasePath),
      )
      if (options.json === true) {
        const { backup: path, createdAt, aside, identity } = restored
        return printJson({ backup: path, created_at: createdAt, aside, identity })
      }
      print(`Restored ${restored.backup}${restored.createdAt === null ? '' : `, made ${restored.createdAt}`}.`)
      if (restored.identity === 'copy') note(COPY)
      note(`What was there before is in ${restored.aside}; remove it when all is well.`)
    })
}

function isBackup(path: string): boolean {
  return existsSync(join(path, 'manifest.json')) || (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false)
}

function placeOf(backup: string, folder: string): string {
  const byName = join(folder, backup)
  return !existsSync(backup) && existsSync(byName) ? byName : resolve(backup)
}
