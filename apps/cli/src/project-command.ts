import { Command } from 'commander'

/** A command that works on a project: with `--dir`. The example is printed under its help. */
export function projectCommand(name: string, description: string, example: string): Command {
  return withExample(new Command(name).description(description), example).option(
    '--dir <folder>',
    'the project folder (default: the current directory)',
  )
}

export function withExample(command: Command, example: string): Command {
  const lines = example.split('\n').map((line) => `  $ ${line}`)
  return command.addHelpText('after', `\nExample${lines.length > 1 ? 's' : ''}:\n${lines.join('\n')}`)
}
