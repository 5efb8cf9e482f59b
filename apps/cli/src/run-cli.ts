import { isCompiled } from '@koyalite/contracts'
import { Command, type CommanderError } from 'commander'
import { acceptClosedOutput } from './closed-output'
import { HELP_LAYOUT } from './help-text'
import { nameHere } from './name-here'
import { withExample } from './project-command'
import { reportError } from './report-error'
import { paintError, shown } from './terminal'
import { VERSION } from './version'

/** Runs one command to its end; returns the exit code: 0, 1 for a failure, 2 for a usage error. */
export async function runCli(args: readonly string[]): Promise<number> {
  acceptClosedOutput()
  try {
    const program = await programFor(args[0])
    if (isCompiled(import.meta.url) && opensDatabase(args)) (await import('@koyalite/server')).ensureDriverFolder(args)
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    return reportError(error)
  }
}

/** The table of contents. Each is loaded when it runs: a start should not wait for what imports, prompts and templates need. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./commands/init')).initCommand(),
  dev: async () => (await import('./commands/dev')).devCommand(),
  start: async () => (await import('./commands/start')).startCommand(),
  db: async () => (await import('./commands/db')).dbCommand(),
  migrate: async () => (await import('./commands/migrate')).migrateCommand(),
  generate: async () => (await import('./commands/generate')).generateCommand(),
  doctor: async () => (await import('./commands/doctor')).doctorCommand(),
  keys: async () => (await import('./commands/keys')).keysCommand(),
  users: async () => (await import('./commands/users')).usersCommand(),
  admin: async () => (await import('./commands/admin')).adminCommand(),
  rules: async () => (await import('./commands/rules')).rulesCommand(),
  functions: async () => (await import('./commands/functions')).functionsCommand(),
  jobs: async () => (await import('./commands/jobs')).jobsCommand(),
  mail: async () => (await import('./commands/mail')).mailCommand(),
  emails: async () => (await import('./commands/emails')).emailsCommand(),
  hooks: async () => (await import('./commands/hooks')).hooksCommand(),
  schedules: async () => (await import('./commands/schedules')).schedulesCommand(),
  webhooks: async () => (await import('./commands/webhooks')).webhooksCommand(),
  audit: async () => (await import('./commands/audit')).auditCommand(),
  health: async () => (await import('./commands/health')).healthCommand(),
}

/** Help, the version and health need no SQLite. */
function opensDatabase(args: readonly string[]): boolean {
  const [name = ''] = args
  return (
    Object.hasOwn(COMMANDS, name) && name !== 'health' && !args.some((argument) => /^(?:-h|--help)$/.test(argument))
  )
}

/** Every command, for its reference. */
export function wholeCommandLine(): Promise<Command> {
  return programFor()
}

/** The command line with the command of that name; with all of them if it is not one, for help and suggestions. */
async function programFor(name = ''): Promise<Command> {
  const koyalite = new Command('koyalite')
    .description('A backend in one file: schema.yaml becomes a typed, secured, durable API on SQLite.')
    .version(VERSION, '--version', 'print the version')
  const wanted = Object.hasOwn(COMMANDS, name) ? [COMMANDS[name]] : Object.values(COMMANDS)
  for (const load of wanted) if (load !== undefined) koyalite.addCommand(await load())
  withExample(koyalite, 'koyalite init blog && cd blog && koyalite dev')
  return configured(koyalite)
}

/** For every command, since settings are not inherited by commands that are added: errors are thrown instead of ending the process. */
function configured(command: Command): Command {
  command.exitOverride((error: CommanderError) => {
    throw error
  })
  command.configureOutput({ outputError: (text, write) => write(shown(usageError(text, command))) })
  command.configureHelp({ ...command.configureHelp(), ...HELP_LAYOUT })
  for (const child of command.commands) configured(child)
  return command
}

/** A usage error of Commander, in the form of all other errors, with a pointer to --help. */
function usageError(text: string, command: Command): string {
  const said = text
    .trimEnd()
    .replace(/^error: command-argument value '(.*)' is invalid for argument '(\w+)'\./, "error: unknown $2 '$1'.")
    .replace(/^(error: unknown command '(.*)')(?:\n.*)?$/s, (whole, first: string, name: string) => {
      const meant = nameHere(command.parent === null ? '' : command.name(), name)
      return meant === undefined ? whole : `${first}\n(Did you mean ${meant}?)`
    })
    .replace(/^error:/, paintError('red', 'error:'))
  return `${said}\nUsage: ${[...ancestors(command), command.name()].join(' ')} --help\n`
}

function ancestors(command: Command): readonly string[] {
  return command.parent === null ? [] : [...ancestors(command.parent), command.parent.name()]
}
