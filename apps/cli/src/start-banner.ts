import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { RunningServer } from '@koyalite/server'
import { type LogEntry, paint, warningLines } from './terminal'
import { VERSION } from './version'

type Finding = Awaited<ReturnType<RunningServer['project']['services']['checkServing']>>[number]

/** What `start` says once it serves. */
export interface Banner {
  readonly name: string
  readonly url: string
  /** Of the studio; null where it is not served. */
  readonly studio: string | null
  readonly environment: string
  readonly database: string
  readonly collections: readonly string[]
  /** Paths, and where they are not for everyone, for whom. */
  readonly pages: readonly string[]
  /** Processes that serve reads; 0: the one that stores does everything. */
  readonly workers: number
  readonly logs: string
  /** About the project's files. */
  readonly warnings: readonly string[]
  /** What should be different in production. */
  readonly findings: readonly Finding[]
  /** Where somebody becomes the first operator; null where there is one. */
  readonly setupLink: string | null
}

export function bannerOf(
  { project, url, studioUrl, setupLink, workers }: RunningServer,
  findings: readonly Finding[],
): Banner {
  const { settings, schema, environment, warnings, routes } = project.current()
  const { level, stdout } = settings.logs
  const pages = PAGES.flatMap(({ path, shown = path }) => {
    const route = routes.find((one) => one.method === 'GET' && one.path === path)
    if (route === undefined) return []
    return route.access.kind === 'admin' ? [`${shown} (operators)`] : [shown]
  })
  return {
    ...{ name: settings.name, url, environment, warnings, setupLink },
    studio: studioUrl,
    database: placeOf(project.databasePath, project.dir),
    collections: [...schema.collections.keys()],
    pages: [...pages, ...(existsSync(join(project.dir, 'public')) ? ['/public/*'] : [])],
    workers: workers.length,
    logs: `data/logs, level ${level}${stdout ? '; JSON on standard output unless that is a terminal' : ''}`,
    findings: findings.filter((finding) => finding.level !== 'ok'),
  }
}

/** As it is written in the settings. */
function placeOf(path: string, dir: string): string {
  if (path === ':memory:') return 'in memory'
  const within = relative(dir, path)
  return within.startsWith('..') ? path : within
}

const PAGES: readonly { readonly path: string; readonly shown?: string }[] = [
  { path: '/' },
  { path: '/api/docs' },
  { path: '/api/openapi.json' },
  { path: '/health' },
  { path: '/metrics' },
  { path: '/_/auth/verify-email', shown: '/_/auth/*' },
]

const NO_OWNER = 'This server has no owner yet. The first person to open this link within 24 hours becomes the owner:'

/** For a person at a terminal. */
export function bannerLines(banner: Banner): readonly string[] {
  const { name, url, studio, environment, database, collections, pages, workers, logs, findings, setupLink } = banner
  return [
    ...warningLines(banner.warnings),
    `${paint('bold', name)}  KoyaLite ${VERSION} is served at ${paint('cyan', url)}`,
    ...(studio === null ? [] : [`  Studio       ${paint('cyan', studio)}`]),
    `  Environment  ${environment}`,
    `  Database     ${database}`,
    `  Collections  ${collections.join(', ')}`,
    `  Pages        ${pages.join(', ')}`,
    `  Workers      ${workers === 0 ? 'none: one process serves' : workers}`,
    `  Logs         ${logs}`,
    ...findings.flatMap(({ check, level, message, advice }) => [
      `${level === 'problem' ? paint('red', '✗') : paint('yellow', '!')} ${check}: ${message}`,
      ...(advice === undefined ? [] : [`  ${paint('dim', advice)}`]),
    ]),
    ...(setupLink === null ? [] : [`${NO_OWNER} ${paint('cyan', setupLink)}`]),
  ]
}

/** For log collectors. */
export function bannerEntries(banner: Banner): readonly LogEntry[] {
  const { name, url, warnings, findings, setupLink, ...served } = banner
  const ofFindings = findings.map(({ check, message, advice }) => ({
    ...{ level: 'warn' as const, check, msg: `${check}: ${message}` },
    ...(advice === undefined ? {} : { advice }),
  }))
  return [
    ...warnings.map((msg) => ({ level: 'warn' as const, msg })),
    ...ofFindings,
    ...(setupLink === null ? [] : [{ level: 'warn' as const, msg: `${NO_OWNER} ${setupLink}` }]),
    { level: 'info', ...{ name, version: VERSION, url, ...served }, msg: `${name} is served at ${url}` },
  ]
}
