import { resolve } from 'node:path'
import type { DevEvent, RunningServer } from '@koyalite/server'
import { type Command, Option } from 'commander'
import { outputClosed } from '../closed-output'
import { commandLine } from '../command-line'
import { type Regenerated, regenerate } from '../generate/regenerate'
import { greeting } from '../greeting'
import { type Project, projectFolder } from '../project'
import { projectCommand } from '../project-command'
import { reportError } from '../report-error'
import { runServer } from '../run-server'
import { type ServerOptions, settingOverrides, withServerOptions } from '../server-options'
import { formatDuration, paint, print, warningLines } from '../terminal'

const EXAMPLES = `koyalite dev
koyalite dev --dir examples/blog --port 9000 --seed`

interface DevOptions extends ServerOptions {
  readonly seed?: true
}

export function devCommand(): Command {
  return (
    withServerOptions(
      projectCommand('dev', 'serve the project for development; changes to its files apply at once', EXAMPLES),
    )
      .option('--seed', 'seed empty collections first')
      // The studio is not part of this version; what was written for one that has it still runs.
      .addOption(new Option('--no-studio').hideHelp())
      .action(async (options: DevOptions) => {
        const dir = projectFolder(options.dir)
        let running: RunningServer | null = null
        let seeding: Promise<void> = Promise.resolve()
        const onEvent = (event: DevEvent) => {
          const server = running
          const clients = event.type === 'reloaded' && server !== null ? clientsOf(server, dir) : undefined
          for (const line of eventLines(event, clients)) print(line)
          if (event.type !== 'seeds_changed' || server === null) return
          seeding = seeding.then(() => seedAgain(server, dir, event.file))
        }
        const onMigrating = (step: string) => print(`migrating: ${step}`)
        const terminal = options.verbose === true ? 'pretty' : 'none'
        const shownDir = options.dir ?? '.'
        const ownCommandLine = (args: readonly string[]) => commandLine(args, shownDir)
        await runServer(
          {
            dir,
            mode: 'dev',
            overrides: settingOverrides(options),
            terminal,
            commandLine: ownCommandLine,
            onEvent,
            onMigrating,
          },
          {
            async serving(server) {
              running = server
              await greet(server, { dir, shownDir, seed: options.seed === true })
            },
            // Whoever serves for development watches what it says. `start` goes on: its reader may be restarted.
            until: outputClosed,
            ending: () => seeding,
          },
        )
      })
  )
}

async function greet(
  server: RunningServer,
  { dir, shownDir, seed }: { readonly dir: string; readonly shownDir: string; readonly seed: boolean },
): Promise<void> {
  for (const change of server.project.changes) print(change)
  const clients = clientsOf(server, dir)
  if (clients !== undefined) for (const line of [clients.done, ...clients.lines]) if (line !== '') print(line)
  for (const line of warningLines(server.project.current().warnings)) print(line)
  if (server.project.heldBack.length > 0) {
    print(paint('yellow', 'The previous schema is still served.'))
    for (const line of server.project.heldBack) print(line)
  }
  if (seed) await seedFirst(server, dir)
  const { settings, schema, routes } = server.project.current()
  const { url, setupLink } = server
  const paths = new Set(routes.map(({ path }) => path))
  for (const line of greeting({ name: settings.name, url, dir: shownDir, schema, paths, setupLink })) print(line)
}

/** Brings the clients that `generate` has written to what is served now. */
function clientsOf(server: RunningServer, dir: string): Regenerated | undefined {
  const { schema, settings } = server.project.current()
  const { languages, output } = settings.generate
  return regenerate({ schema, languages, options: settings.generate, folder: resolve(dir, output) })
}

/** What `dev` says about a change of the project's files. */
export function eventLines(event: DevEvent, clients?: Regenerated): readonly string[] {
  switch (event.type) {
    case 'reloaded': {
      const done =
        event.changes.length > 0 ? [...event.changes, paint('green', '✓ migrated')] : [paint('green', '✓ loaded')]
      return [
        [
          `${event.file} changed`,
          ...done,
          `(${formatDuration(event.ms)})`,
          ...(clients?.done ? [clients.done] : []),
        ].join('  '),
        ...(clients?.lines ?? []),
        ...warningLines(event.warnings),
      ]
    }
    case 'held_back':
      return [`${event.file} changed  ${paint('yellow', 'the previous schema is still served')}`, ...event.lines]
    case 'invalid':
      return [`${event.file} changed  ${paint('red', 'the previous version is still served')}`, ...event.problems]
    case 'restart_needed':
      return [
        `${event.file} changed  ${paint('yellow', `${event.settings.join(', ')} will change when you restart dev`)}`,
      ]
    case 'note':
      return event.lines
    case 'seeds_changed':
      return []
  }
}

/** Loaded when there is something to seed: most starts have nothing. */
const loadSeeding = (): Promise<typeof import('./db-seed')> => import('./db-seed')

async function seedFirst(server: RunningServer, dir: string): Promise<void> {
  const { findSeedFiles } = await import('../seed/seed-files')
  const { seedLines, seedProject } = await loadSeeding()
  const project = asProject(server)
  if (findSeedFiles(dir, project.environment).length === 0) return
  const seeded = await seedProject(project, { dir, paths: [], ifEmpty: true })
  if (seeded.length > 0) for (const line of seedLines(seeded)) print(line)
}

async function seedAgain(server: RunningServer, dir: string, file: string): Promise<void> {
  const started = performance.now()
  try {
    const { seedLines, seedProject } = await loadSeeding()
    const seeded = await seedProject(asProject(server), { dir, paths: [file], ifEmpty: false })
    print(
      `${file} changed  ${seedLines(seeded).join(';  ')}  ${paint('green', '✓ seeded')}  (${formatDuration(performance.now() - started)})`,
    )
  } catch (error) {
    // A seed that is half written by its editor, or wrong, must not end the server.
    reportError(error)
  }
}

/** The server in this process, as the project that the other commands know. */
function asProject(server: RunningServer): Project {
  const { project } = server
  return {
    ...project.current(),
    live: true,
    heldBack: project.heldBack,
    fetch: async (path, init) =>
      project.current().control.fetch(new Request(`http://localhost${path}`, init), { ip: '127.0.0.1' }),
    close: async () => {},
  }
}
