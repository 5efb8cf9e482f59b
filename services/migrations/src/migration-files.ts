import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatProblem, type Migration, parseMigration, withoutConfirmation } from '@koyalite/schema'

/** A file of `migrations/`. */
export interface MigrationFile {
  /** `migrations/002_rename_user_name.yaml` */
  readonly file: string
  readonly version: number
  readonly text: string
  /** Of its text with line ends as Unix has them, confirmed or not: neither changes what it does. */
  readonly checksum: string
  /** Absent where something is wrong with it; `problems` then says what. */
  readonly migration?: Migration
  readonly problems: readonly string[]
}

/** The files of a project's `migrations/`, by version. A folder that is not there has none. */
export async function readMigrationFiles(projectDir: string): Promise<readonly MigrationFile[]> {
  const names = await readdir(join(projectDir, FOLDER)).catch(noFolder)
  const files = await Promise.all(
    names
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map(async (name) =>
        readMigrationFile(`${FOLDER}/${name}`, await readFile(join(projectDir, FOLDER, name), 'utf8')),
      ),
  )
  return withoutTwins(files).toSorted((a, b) => a.version - b.version)
}

export const FOLDER = 'migrations'

/** `002_rename_user_name.yaml` */
export function migrationFileName(version: number, name: string): string {
  return `${String(version).padStart(3, '0')}_${name}.yaml`
}

/** @param file `migrations/002_rename_user_name.yaml` */
export function readMigrationFile(file: string, text: string): MigrationFile {
  const checksum = checksumOf(text)
  const number = /\/(\d{1,15})_[^/]*$/.exec(file)?.[1]
  if (number === undefined) {
    const problem = `${file}: a migration file must be named after its version and name: ${migrationFileName(1, 'rename_title')}`
    return { file, version: 0, text, checksum, problems: [problem] }
  }
  const version = Number(number)
  const parsed = parseMigration(text, { file })
  return parsed.ok
    ? { file, version, text, checksum, migration: parsed.migration, problems: [] }
    : { file, version, text, checksum, problems: parsed.problems.map(formatProblem) }
}

function checksumOf(text: string): string {
  return new Bun.CryptoHasher('sha256').update(withoutConfirmation(text)).digest('hex')
}

/** Two files of one version: which one is meant nobody can know. */
function withoutTwins(files: readonly MigrationFile[]): readonly MigrationFile[] {
  return files.map(({ migration, ...file }) => {
    const twin = files.find((other) => other.file !== file.file && other.version === file.version && file.version > 0)
    if (!twin) return migration ? { ...file, migration } : file
    return {
      ...file,
      problems: [`${file.file} has the same version ${file.version} as ${twin.file}: renumber one of them`],
    }
  })
}

function noFolder(error: unknown): string[] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
  throw error
}
