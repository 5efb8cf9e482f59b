import { type Dirent, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isLocaleTag, type MailTemplateFacts } from '@koyalite/contracts'

/** In the project's folder. */
export const EMAILS = 'emails'
const MESSAGES = `${EMAILS}/messages`

const MAX_FILES = 2_000
const FILE = /^([a-z][a-z0-9_-]{0,63})(?:\.([A-Za-z0-9-]+))?\.[jt]sx$/

/** A template, with its files by locale; that without one is for all others. */
export interface FoundTemplate extends MailTemplateFacts {
  readonly files: ReadonlyMap<string | null, string>
}

/** What is in emails/, by name. Files in folders, and those that begin with `_`, are parts of templates. */
export function findTemplates(dir: string): readonly FoundTemplate[] {
  const found = new Map<string, Map<string | null, string>>()
  for (const entry of entriesOf(join(dir, EMAILS))) {
    const [, name, locale = null] = entry.isFile() ? (FILE.exec(entry.name) ?? []) : []
    if (name === undefined || locale === 'test' || (locale !== null && !isLocaleTag(locale))) continue
    const files = found.get(name) ?? new Map<string | null, string>()
    found.set(name, files.set(canonical(locale), `${EMAILS}/${entry.name}`))
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, files]) => ({
      name,
      files,
      file: files.get(null) ?? [...files.values()].sort()[0] ?? '',
      locales: [...files.keys()].filter((locale) => locale !== null).sort(),
    }))
}

/** Locales that messages/ has texts of. */
export function findMessages(dir: string): ReadonlyMap<string, string> {
  const names = entriesOf(join(dir, MESSAGES)).flatMap((entry) => {
    const locale = entry.isFile() && entry.name.endsWith('.json') ? entry.name.slice(0, -'.json'.length) : ''
    return isLocaleTag(locale) ? [[canonical(locale) as string, `${MESSAGES}/${entry.name}`] as const] : []
  })
  return new Map(names.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Of the whole folder: absolute paths. */
export function emailFiles(dir: string): readonly string[] {
  const files: string[] = []
  const walk = (folder: string) => {
    for (const entry of entriesOf(folder)) {
      if (files.length >= MAX_FILES || entry.name === 'node_modules' || entry.name.startsWith('.')) continue
      if (entry.isDirectory()) walk(join(folder, entry.name))
      else files.push(join(folder, entry.name))
    }
  }
  walk(join(dir, EMAILS))
  return files
}

function canonical(locale: string | null): string | null {
  return locale === null ? null : (Intl.getCanonicalLocales(locale)[0] ?? locale)
}

/** None of a folder that is a link: it may lead out of the project. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return lstatSync(folder).isDirectory() ? readdirSync(folder, { withFileTypes: true }) : []
  } catch {
    return []
  }
}
