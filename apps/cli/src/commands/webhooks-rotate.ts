import type { Command } from 'commander'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, print, printJson } from '../terminal'

export function webhooksRotateCommand(): Command {
  return projectCommand('rotate', 'make another secret; it is shown only once', 'koyalite webhooks rotate crm')
    .argument('<name>', 'an endpoint')
    .option('--revoke', 'the old secret no longer signs: it is known to somebody else')
    .option('--json', 'print {"secret"}')
    .action(async (name: string, options: { dir?: string; revoke?: true; json?: true }) => {
      const revoke = options.revoke === true
      const { secret } = await withProject(options.dir, (project) =>
        adminOf(project).rotateWebhookSecret({ params: { name }, body: { revoke } }),
      )
      if (options.json === true) return printJson({ secret })
      print(secret)
      note(revoke ? 'The old secret is no longer valid.' : 'For 24 hours events are signed with both secrets.')
    })
}
