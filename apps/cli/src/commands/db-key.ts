import type { Command } from 'commander'
import { growingCopy } from '../growing-files'
import { confirm } from '../migrate/confirm'
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
Keys are named, never given: env:NAME or file:/path/to/key; without one, database.encryption_key of the settings is meant. No
server may be running. The old file is replaced when the new one is complete and verified, then overwritten and removed.`

/** db encrypt */
export function dbEncryptCommand(): Command {
  return keyCommand('encrypt', 'encrypt the database (SQLCipher 4)', 'koyalite db encrypt --to file:/etc/koyalite/key')
    .option('--to <reference>', 'the key')
    .action((options: KeyOptions) => change('encrypt', options))
}

/** db decrypt */
export function dbDecryptCommand(): Command {
  return keyCommand('decrypt', 'store the database in the clear again', 'koyalite db decrypt')
    .option('--from <reference>', 'its key')
    .action((options: KeyOptions) => change('decrypt', options))
}

/** db rekey */
export function dbRekeyCommand(): Command {
  return keyCommand('rekey', 'encrypt the database with another key', 'koyalite db rekey --to env:NEW_KEY')
    .option('--from <reference>', 'the old key')
    .option('--to <reference>', 'the new key')
    .action((options: KeyOptions) => change('rekey', options))
}

function keyCommand(name: string, description: string, example: string): Command {
  return projectCommand(name, description, example)
    .option('--keep-old', 'keep the old file under another name')
    .option('--yes', 'do not ask')
    .option('--json', 'print {"database","kept"}')
    .addHelpText('after', NOTES)
}

async function change(kind: 'encrypt' | 'decrypt' | 'rekey', options: KeyOptions): Promise<void> {
  const { openOffline } = await import('@koyalite/server')
  const project = openOffline(projectFolder(options.dir))
  await project.requireUnused()
  // Only what takes protection away is asked about.
  if (kind === 'decrypt') await confirm(`Store ${project.databasePath} in the clear?`, { yes: options.yes === true })
  const request = {
    change: kind,
    ...(options.from === undefined ? {} : { from: options.from }),
    ...(options.to === undefined ? {} : { to: options.to }),
    keepOld: options.keepOld === true,
  }
  const growing = growingCopy(`${project.databasePath}.recoded`, project.databasePath)
  const { kept } = await working('Copying', () => project.changeKey(request), growing)
  if (options.json === true) return printJson({ database: project.databasePath, kept })
  print(DONE[kind])
  if (kept !== null) note(`The old file is ${kept}.`)
  const hasKey = project.settings.database.encryption_key !== null
  if (kind === 'decrypt' && hasKey)
    note('Now take database.encryption_key out of the settings: the server expects an encrypted file.')
  if (kind !== 'decrypt' && options.to !== undefined)
    note(`Now set database.encryption_key to this key (${options.to}).`)
  if (kind === 'encrypt')
    note('Backups and copies that were made before are not encrypted: see data/backups and data/snapshots.')
  if (kind === 'rekey') note('Backups that were made before keep their key: restore them with --backup-key.')
}

const DONE = {
  encrypt: 'The database is encrypted.',
  decrypt: 'The database is stored in the clear.',
  rekey: 'The database has its new key.',
} as const
