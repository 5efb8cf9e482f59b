import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** The text of a project's files. */
export interface ProjectFiles {
  /** schema.yaml */
  readonly schema?: string
  /** koyalite.yaml */
  readonly settings?: string
  /** Any other file, by its path in the project. */
  readonly files?: Readonly<Record<string, string>>
}

export interface TempProject {
  readonly dir: string
  path(name: string): string
  /** Writes a file of the project, its folders too. */
  write(name: string, text: string): void
  remove(): void
}

/** A project's folder in a temp folder of its own. */
export function createProject(content: ProjectFiles = {}): TempProject {
  const dir = mkdtempSync(join(tmpdir(), 'koyalite-test-'))
  const project: TempProject = {
    dir,
    path: (name) => join(dir, name),
    write(name, text) {
      const path = join(dir, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
  if (content.schema !== undefined) project.write('schema.yaml', content.schema)
  if (content.settings !== undefined) project.write('koyalite.yaml', content.settings)
  for (const [name, text] of Object.entries(content.files ?? {})) project.write(name, text)
  return project
}
