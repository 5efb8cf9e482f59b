import { type Command, InvalidArgumentError, Option } from 'commander'
import { projectFolder } from '../project'
import { projectCommand } from '../project-command'
import { type ServerOptions, settingOverrides, withServerOptions } from '../server-options'
import { paint, print } from '../terminal'
import { untilSignal } from '../until-signal'

const EXAMPLES = `koyalite start
koyalite start --dir /srv/blog --host 0.0.0.0 --port 80`

export function startCommand(): Command {
  return withServerOptions(projectCommand('start', 'serve the project', EXAMPLES))
    .addOption(new Option('--workers <count>').argParser(parseWorkers).hideHelp())
    .action(async (options: ServerOptions) => {
      const dir = projectFolder(options.dir)
      const { startServer } = await import('@koyalite/server')
      const stop = untilSignal()
      const server = await startServer({
        dir,
        mode: 'start',
        overrides: settingOverrides(options),
        terminal: options.verbose !== true ? 'none' : process.stdout.isTTY === true ? 'pretty' : 'json',
      })
      const { settings } = server.project.current()
      print(`${settings.name} is served at ${paint('cyan', server.url)}`)
      await stop
      await server.close()
    })
}

/** One process is what this version runs; a project that says so already is right. */
function parseWorkers(text: string): number {
  if (text !== '1') throw new InvalidArgumentError('This version serves with one process.')
  return 1
}
