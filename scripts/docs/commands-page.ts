import { wholeCommandLine } from 'koyalite'

/** A command of the command line, as far as a reference needs it. */
type Command = Awaited<ReturnType<typeof wholeCommandLine>>

const WIDTH = 110

const INTRODUCTION = `# Commands

What \`koyalite --help\` and the help of each command say. Made from the commands by \`npm run docs\`. In a clone the command is \`bin/koyalite\`.

- All of them work in the project's folder, or with \`--dir\`; beside a running server they go through it.
- The exit code is 0, 1 where something failed, and 2 for a wrong call. With \`--json\`, stdout is JSON and nothing else; what is said to people goes to stderr.
- Colours and progress bars are for terminals only.

| command | |
| --- | --- |
`

/** docs/commands.md: every command, with its help. */
export async function commandsPage(): Promise<string> {
  const commands = leaves(await wholeCommandLine(), [])
  const contents = commands.map(({ name, command }) => `| [${name}](#${anchor(name)}) | ${command.description()} |`)
  const sections = commands.map(({ name, command }) => `\n## ${name}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`)
  return `${INTRODUCTION}${contents.join('\n')}\n${sections.join('')}`
}

/** Commands that do something; groups only hold others. */
function leaves(command: Command, path: readonly string[]): readonly { name: string; command: Command }[] {
  const children = command.commands.filter((child) => child.name() !== 'help')
  if (children.length === 0) return [{ name: ['koyalite', ...path].join(' '), command }]
  return children.flatMap((child) => leaves(child, [...path, child.name()]))
}

/** With the examples and notes under it, which are added while it is printed. */
function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({
    writeOut: (part) => (text += part),
    getOutHelpWidth: () => WIDTH,
    getOutHasColors: () => false,
  })
  command.outputHelp()
  return text.trim()
}

function anchor(name: string): string {
  return name.replaceAll(' ', '-')
}
