import type { Command } from 'commander'
import { helpNotes } from '../help-text'
import { confirm } from '../migrate/confirm'
import { copyProgress } from '../progress-files'
import { projectFolder } from '../project'
import { projectCommand } from '../project-command'
import { note, print, printJson } from '../terminal'
import { working } from '../working'

interface KeyOptions {
  readonly dir?: string
  readonly from?: string
  readonly to?: string
  readonly keepOld?: true
  readonly yes?: true
  readonly json?: true
}

const NOTES = `
Pass a reference to a key, never the key itself: env:NAME or file:/path/to/key (default: database.encryption_key). The
server must be stopped. The old file is replaced once the new one is complete and verified, then overwritten and removed.`

/** db encrypt */
export function dbEncryptCommand(): Command {
  return keyCommand('encrypt', 'encrypt the database (SQLCipher 4)', 'koyalite db encrypt --to file:/etc/koyalite/key')
    .option('--to <reference>', 'the key')
    .action((options: KeyOptions) => change('encrypt', options))
}

/** db decrypt */
export function dbDecryptCommand(): Command {
  return keyCommand('decrypt', 'decrypt the database', 'koyalite db decrypt')
    .option('--from <reference>', 'its key')
    .action((options: KeyOptions) => change('decrypt', options))
}

/** db rekey */
export function dbRekeyCommand(): Command {
  return keyCommand('rekey', 'change the encryption key of the database', 'koyalite db rekey --to env:NEW_KEY')
    .option('--from <reference>', 'the old key')
    .option('--to <reference>', 'the new key')
    .action((options: KeyOptions) => change('rekey', options))
}

function keyCommand(name: string, description: string, example: string): Command {
  return projectCommand(name, description, example)
    .option('--keep-old', 'keep a copy of the old file')
    .option('--yes', 'skip the confirmation')
    .option('--json', 'print {"database","kept"}')
    .addHelpText('after', helpNotes(NOTES))
}

async function change(kind: 'encrypt' | 'decrypt' | 'rekey', options: KeyOptions): Promise<void> {
  const { openOffline } = await import('@koyalite/server')
  const project = openOffline(projectFolder(options.dir))
  await project.requireUnused()
  // Only the removal of encryption needs a confirmation.
  if (kind === 'decrypt') await confirm(`Decrypt ${project.databasePath}?`, { yes: options.yes === true })
  const request = {
    change: kind,
    ...(options.from === undefined ? {} : { from: options.from }),
    ...(options.to === undefined ? {} : { to: options.to }),
    keepOld: options.keepOld === true,
  }
  const growing = copyProgress(`${project.databasePath}.recoded`, project.databasePath)
  const { kept } = await working('Copying', () => project.changeKey(request), growing)
  if (options.json === true) return printJson({ database: project.databasePath, kept })
  print(DONE[kind])
  if (kept !== null) note(`The old file was kept as ${kept}.`)
  const hasKey = project.settings.database.encryption_key !== null
  if (kind === 'decrypt' && hasKey)
    note('Now remove database.encryption_key from the settings: with a key set, the server expects an encrypted file.')
  if (kind !== 'decrypt' && options.to !== undefined)
    note(`Now set database.encryption_key to this key (${options.to}).`)
  if (kind === 'encrypt') note('Earlier backups and snapshots are not encrypted: see data/backups and data/snapshots.')
  if (kind === 'rekey') note('Earlier backups still use the old key: restore them with --backup-key.')
}

const DONE = {
  encrypt: 'The database is encrypted.',
  decrypt: 'The database is no longer encrypted.',
  rekey: 'The encryption key was changed.',
} as const
