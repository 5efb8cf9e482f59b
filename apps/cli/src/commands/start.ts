import type { RunningServer } from '@koyalite/server'
import { type Command, InvalidArgumentError } from 'commander'
import { projectFolder } from '../project'
import { projectCommand } from '../project-command'
import { runServer } from '../run-server'
import { type ServerOptions, settingOverrides, withServerOptions } from '../server-options'
import { bannerEntries, bannerLines, bannerOf } from '../start-banner'
import { print, printEntry } from '../terminal'

type Served = ReturnType<RunningServer['project']['current']>

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
      const isTerminal = process.stdout.isTTY === true
      const isVerbose = options.verbose === true
      /** Who collects the log gets everything as part of it. */
      const isLogged = ({ settings }: Pick<Served, 'settings'>) => !isTerminal && settings.logs.stdout
      await runServer(
        {
          dir: projectFolder(options.dir),
          mode: 'start',
          workers: options.workers ?? 1,
          overrides: { ...settingOverrides(options), ...(isVerbose ? { 'logs.stdout': 'true' } : {}) },
          terminal: !isTerminal ? 'json' : isVerbose ? 'pretty' : 'none',
          onMigrating(step, loaded) {
            const msg = `migrating: ${step}`
            if (isLogged(loaded)) printEntry({ level: 'info', msg })
            else print(msg)
          },
        },
        {
          async serving(server) {
            const { project } = server
            const banner = bannerOf(server, await project.services.checkServing())
            if (isLogged(project.current())) for (const entry of bannerEntries(banner)) printEntry(entry)
            else for (const line of bannerLines(banner)) print(line)
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
