import { type Command, InvalidArgumentError } from 'commander'
import { projectFolder } from '../project'
import { projectCommand } from '../project-command'
import { runServer } from '../run-server'
import { type ServerOptions, settingOverrides, withServerOptions } from '../server-options'
import { paint, print, warningLines } from '../terminal'

const EXAMPLES = `koyalite start
koyalite start --dir /srv/blog --host 0.0.0.0 --port 80
koyalite start --workers 4`

/** More than any machine has cores for. */
const MAX_WORKERS = 128

export function startCommand(): Command {
  return withServerOptions(projectCommand('start', 'serve the project', EXAMPLES))
    .option(
      '--workers <count>',
      'number of worker processes that serve reads on the same port; the main process handles writes (Linux)',
      parseWorkers,
    )
    .action(async (options: ServerOptions & { readonly workers?: number }) => {
      const terminal = options.verbose !== true ? 'none' : process.stdout.isTTY === true ? 'pretty' : 'json'
      const onMigrating = (step: string) => print(`migrating: ${step}`)
      const overrides = settingOverrides(options)
      await runServer(
        {
          dir: projectFolder(options.dir),
          mode: 'start',
          workers: options.workers ?? 1,
          overrides,
          terminal,
          onMigrating,
        },
        {
          async serving({ project, url, setupLink }) {
            for (const line of warningLines(project.current().warnings)) print(line)
            print(`${project.current().settings.name} is served at ${paint('cyan', url)}`)
            if (setupLink === null) return
            print(
              `This server has no owner yet. The first person to open this link within 24 hours becomes the owner: ${paint('cyan', setupLink)}`,
            )
          },
        },
      )
    })
}

function parseWorkers(text: string): number {
  const count = Number(text)
  if (!/^\d{1,3}$/.test(text) || count < 1 || count > MAX_WORKERS) {
    throw new InvalidArgumentError(`Expected a number from 1 to ${MAX_WORKERS}.`)
  }
  return count
}
