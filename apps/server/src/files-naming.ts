import { glob, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type NamingFile, seedMentions } from '@koyalite/migrations'
import { projectTests, renameInTestFile } from '@koyalite/rules'
import type { SchemaRename } from '@koyalite/schema'

/** The seeds of all environments. */
const SEEDS = 'seeds/{*,*/*}.{yaml,yml,json,ndjson,csv}'
/** What is larger is data that a program has written, and a program is what has to write it again. */
const MAX_SEED_CHARACTERS = 2_000_000

/** The rule tests and seeds of a project that name what is renamed: tests with the new names, seeds as they are. */
export async function filesNaming(dir: string, renames: readonly SchemaRename[]): Promise<readonly NamingFile[]> {
  if (renames.length === 0) return []
  const tests = (await projectTests(dir)).flatMap(({ name, source }): readonly NamingFile[] => {
    const found = renameInTestFile(source, renames)
    return found === null ? [] : [{ file: name, lines: found.lines, before: source, after: found.text }]
  })
  const seeds = (await seedTexts(dir)).flatMap(({ file, text }): readonly NamingFile[] => {
    const read = text.length > MAX_SEED_CHARACTERS ? '' : text
    const lines = seedMentions({ name: basename(file), text: read }, renames)
    return lines === null ? [] : [{ file, lines, before: text, after: null }]
  })
  return [...tests, ...seeds]
}

/** Files that go while they are read are left out. */
async function seedTexts(dir: string): Promise<readonly { readonly file: string; readonly text: string }[]> {
  const files = await Array.fromAsync(glob(SEEDS, { cwd: dir }))
  const texts = files.sort().map(async (file) => {
    const text = await readFile(join(dir, file), 'utf8').catch(() => null)
    return text === null ? [] : [{ file: file.replaceAll('\\', '/'), text }]
  })
  return (await Promise.all(texts)).flat()
}
