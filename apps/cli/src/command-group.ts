import { Command } from 'commander'
import { withExample } from './project-command'

/** A command that only holds others: called alone, it shows them. */
export function commandGroup(
  name: string,
  description: string,
  { commands, example }: { readonly commands: readonly Command[]; readonly example: string },
): Command {
  // As each is called: some say it themselves.
  const subcommandTerm = (command: Command) => `${command.name()} ${command.usage()}`
  const group = new Command(name).description(description).configureHelp({ subcommandTerm })
  for (const command of commands) group.addCommand(command)
  return withExample(group, example)
}
