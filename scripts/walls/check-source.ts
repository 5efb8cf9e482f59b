import { basename } from 'node:path'
import type { CheckedFile } from './check-imports'
import { checkWords } from './check-words'
import { ENV_WORKSPACES, GENERATED, MAX_LINES, SQL_WORKSPACES, VAGUE_NAMES, WALLS, WARN_LINES } from './import-table'
import type { Located } from './source-facts'
import type { Violation } from './violation'

const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.(ts|tsx|mjs)$/

/** Violations of the house rules in one file: its name, its size, what it exports, and the globals and SQL that it uses. */
export function checkSource(file: CheckedFile): readonly Violation[] {
  const { facts, path, workspace } = file
  const all = (found: readonly Located[], message: (text: string) => string): Violation[] =>
    found.map(({ line, text }) => ({ file: path, line, message: message(text) }))
  return [
    ...checkName(path),
    ...checkSize(path, facts.lines),
    ...(exportsDefault(path) ? [] : all(facts.defaultExports, () => 'a default export; export it by its name')),
    ...(mayReadEnvironment(file) ? [] : all(facts.environment, (text) => `${text} is read outside kernel's config`)),
    ...(mayHoldSql(file)
      ? []
      : all(facts.sql, (text) => `SQL ('${text}…') outside query, sqlite, schema and store/ folders`)),
    ...(file.isTest || !mayFaceUsers(file) ? [] : checkWords(path, facts.sentences)),
    ...(file.isTest || WALLS[workspace.role]?.browserSafe !== true
      ? []
      : all(facts.runtimeGlobals, (text) => `${workspace.label} also runs in browsers, where there is no ${text}`)),
  ]
}

function checkName(path: string): Violation[] {
  const name = basename(path)
  const stem = name.slice(0, name.indexOf('.'))
  if (VAGUE_NAMES.includes(stem) && !name.includes('.test.'))
    return [{ file: path, line: 1, message: `'${stem}' says nothing; name the file after what it exports` }]
  if (!KEBAB_CASE.test(name) && !isFunctionOfProject(path))
    return [{ file: path, line: 1, message: 'file names are in kebab-case' }]
  return []
}

function checkSize(path: string, lines: number): Violation[] {
  if (GENERATED.includes(path)) return []
  if (lines > MAX_LINES)
    return [{ file: path, line: lines, message: `${lines} lines; split it (the limit is ${MAX_LINES})` }]
  if (lines > WARN_LINES)
    return [{ file: path, line: lines, message: `${lines} lines; think about splitting it`, warning: true }]
  return []
}

function mayReadEnvironment({ path, workspace, isTest }: CheckedFile): boolean {
  return isTest || ENV_WORKSPACES.includes(workspace.role) || path.startsWith('packages/kernel/src/config')
}

function mayHoldSql({ path, workspace, isTest }: CheckedFile): boolean {
  return isTest || SQL_WORKSPACES.includes(workspace.role) || path.includes('/store/')
}

/** Everything but the repository's own tools. */
function mayFaceUsers({ path }: CheckedFile): boolean {
  return /^(apps|packages|services|adapters)\//.test(path)
}

/** Tools such as Vite want their configuration as a default export; functions and templates of a project are one, and so is what renders these. */
function exportsDefault(path: string): boolean {
  return /\.(config|d)\.ts$/.test(path) || path === 'packages/emails/src/program/main.ts' || isFunctionOfProject(path)
}

/** Its file has the name by which it is called. */
function isFunctionOfProject(path: string): boolean {
  return /^(tests\/functions\/.*\/fixtures|examples\/[\w-]+\/(functions|emails))\//.test(path)
}
