import { resolve } from 'node:path'
import type { DevEvent, FunctionChange, RunningServer } from '@koyalite/server'
import type { Command } from 'commander'
import { outputClosed } from '../closed-output'
import { commandLine } from '../command-line'
import { hasFunctions, pythonFunctions, servedFunctions } from '../generate/project-functions'
import { type Regenerated, regenerate } from '../generate/regenerate'
import { greeting } from '../greeting'
import { adminOf, projectFolder } from '../project'
import { projectCommand } from '../project-command'
import { reportError } from '../report-error'
import { runServer } from '../run-server'
import { runningProject } from '../running-project'
import { type ServerOptions, settingOverrides, withServerOptions } from '../server-options'
import { formatDuration, paint, print, warningLines } from '../terminal'

const EXAMPLES = `koyalite dev
koyalite dev --dir examples/blog --port 9000 --seed`

interface DevOptions extends ServerOptions {
  readonly seed?: true
  readonly studio: boolean
}

export function devCommand(): Command {
  return withServerOptions(
    projectCommand('dev', 'serve the project for development; changes to its files apply at once', EXAMPLES),
  )
    .option('--seed', 'seed empty collections first')
    .option('--no-studio', 'do not serve the studio')
    .action(async (options: DevOptions) => {
      const dir = projectFolder(options.dir)
      let running: RunningServer | null = null
      let seeding: Promise<void> = Promise.resolve()
      let saying: Promise<void> = Promise.resolve()
      const say = async (event: DevEvent, server: RunningServer | null) => {
        const clients = server !== null && CHANGES_CLIENTS.has(event.type) ? await clientsOf(server, dir) : undefined
        for (const line of eventLines(event, clients)) print(line)
      }
      const onEvent = (event: DevEvent) => {
        const server = running
        saying = saying.then(() => say(event, server))
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
          overrides: {
            ...settingOverrides(options),
            ...(!options.studio && { 'studio.enabled': 'false' }),
          },
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
          ending: () => Promise.all([saying, seeding]).then(() => {}),
        },
      )
    })
}

const CHANGES_CLIENTS: ReadonlySet<DevEvent['type']> = new Set(['reloaded', 'functions'])

async function greet(
  server: RunningServer,
  { dir, shownDir, seed }: { readonly dir: string; readonly shownDir: string; readonly seed: boolean },
): Promise<void> {
  for (const change of server.project.changes) print(change)
  const clients = await clientsOf(server, dir)
  if (clients !== undefined) for (const line of [clients.done, ...clients.lines]) if (line !== '') print(line)
  for (const line of warningLines(server.project.current().warnings)) print(line)
  if (server.project.heldBack.length > 0) {
    print(paint('yellow', 'The previous schema is still served.'))
    for (const line of server.project.heldBack) print(line)
  }
  if (seed) await seedFirst(server, dir)
  const { settings, schema, routes } = server.project.current()
  const { url, studioUrl, setupLink } = server
  const paths = new Set(routes.map(({ path }) => path))
  for (const line of greeting({ name: settings.name, url, studioUrl, dir: shownDir, schema, paths, setupLink }))
    print(line)
}

/** Brings the clients that `generate` has written to what is served now. */
async function clientsOf(server: RunningServer, dir: string): Promise<Regenerated | undefined> {
  const { schema, settings } = server.project.current()
  const { languages, output } = settings.generate
  const { editorTypes } = await import('@koyalite/server')
  const target = {
    ...{ schema, languages, options: settings.generate, folder: resolve(dir, output) },
    ...{ pythonFunctions: await pythonFunctions(dir), editorTypes: await editorTypes() },
  }
  return regenerate(target, async () => (hasFunctions(dir) ? servedFunctions(adminOf(runningProject(server))) : null))
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
    case 'functions':
      return [
        ...event.changes.flatMap((change) => functionLines(change, event.ms)),
        ...(clients?.done ? [clients.done] : []),
        ...(clients?.lines ?? []),
      ]
    case 'hooks':
      return event.problems.length === 0
        ? [`hooks  ${paint('green', '✓ loaded')}  (${formatDuration(event.ms)})`]
        : [`hooks  ${paint('red', 'those of before still run')}`, ...event.problems]
    case 'note':
      return event.lines
    case 'seeds_changed':
      return []
  }
}

function functionLines({ name, version, problems, passedOver }: FunctionChange, ms: number): readonly string[] {
  if (problems.length > 0) {
    const still = version === null ? 'is not served' : `is still served as version ${version}`
    return [`functions  ${paint('red', `${name} ${still}`)}`, ...problems]
  }
  if (version === null) return [`functions  ${name} is gone`]
  if (passedOver !== undefined) {
    const chosen = `version ${version} still serves, since it was chosen`
    return [
      `functions  ${paint('yellow', `${name} is saved as it was`)}  ${chosen}; version ${passedOver}: functions promote ${name}@${passedOver}`,
    ]
  }
  return [`functions  ${paint('green', `✓ ${name}`)}  version ${version}  (${formatDuration(ms)})`]
}

/** Loaded when there is something to seed: most starts have nothing. */
const loadSeeding = (): Promise<typeof import('./db-seed')> => import('./db-seed')

async function seedFirst(server: RunningServer, dir: string): Promise<void> {
  const { findSeedFiles } = await import('../seed/seed-files')
  const { seedLines, seedProject } = await loadSeeding()
  const project = runningProject(server)
  if (findSeedFiles(dir, project.environment).length === 0) return
  const seeded = await seedProject(project, { dir, paths: [], ifEmpty: true })
  if (seeded.length > 0) for (const line of seedLines(seeded)) print(line)
}

async function seedAgain(server: RunningServer, dir: string, file: string): Promise<void> {
  const started = performance.now()
  try {
    const { seedLines, seedProject } = await loadSeeding()
    const seeded = await seedProject(runningProject(server), { dir, paths: [file], ifEmpty: false })
    print(
      `${file} changed  ${seedLines(seeded).join(';  ')}  ${paint('green', '✓ seeded')}  (${formatDuration(performance.now() - started)})`,
    )
  } catch (error) {
    // A seed that is half written by its editor, or wrong, must not end the server.
    reportError(error)
  }
}
