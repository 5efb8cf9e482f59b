import { type Command, InvalidArgumentError } from 'commander'
import { CommandError } from '../command-error'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { formatCount, note, paintError, print, printJson } from '../terminal'

const EXAMPLES = `koyalite audit verify
koyalite audit verify --head 1042:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08`

export function auditVerifyCommand(): Command {
  return projectCommand('verify', 'verify that the audit log was not tampered with', EXAMPLES)
    .option(
      '--head <head>',
      'the head of the log as printed by an earlier verification; it must still be part of the log',
      parseHead,
    )
    .option('--json', 'print {"ok","entries","head"}')
    .action(async (options: { dir?: string; head?: string; json?: true }) => {
      const verdict = await withProject(options.dir, (project) =>
        adminOf(project).verifyAuditLog({ query: { head: options.head } }),
      )
      if (options.json === true) printJson(verdict)
      if (!verdict.ok) {
        throw new CommandError(`the audit log was changed at entry ${verdict.seq}: ${verdict.reason}`, {
          advice: 'Compare it with a backup. All entries before that one are intact.',
        })
      }
      if (options.json === true) return
      print(`${formatCount(verdict.entries)} entries, all intact.`)
      const { seq, hash } = verdict.head
      note(paintError('dim', `Store this outside of the server and pass it to --head next time: ${seq}:${hash}`))
    })
}

function parseHead(text: string): string {
  if (/^\d{1,15}:[0-9a-f]{64}$/.test(text)) return text
  throw new InvalidArgumentError('Expected <number>:<hash>, as printed by an earlier verification.')
}
