import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { changedAtStart, describeOptions, keepOptions } from '@koyalite/kernel'
import type { SettingsHost } from '@koyalite/operations'
import { SERVICES } from './compose'
import { type Loaded, type LoadOptions, readProject, readSettings } from './load-project'
import { settingsProblems } from './open-files'

interface Served {
  current(): Pick<Loaded, 'settings'>
  use(settings: Loaded['settings']): Promise<void>
}

/** The files of settings of a project that is served. */
export function createSettingsHost(options: LoadOptions, served: Served): SettingsHost {
  const dir = resolve(options.dir)
  const { tree } = (options.services ?? SERVICES).settings
  return {
    read(drafts = {}) {
      const read = readSettings(dir, { ...options, drafts })
      if (!read.ok) return read
      const problems = settingsProblems(read.settings)
      if (problems.length === 0) return { ok: true, options: describeOptions(tree, read.written) }
      return { ok: false, problems: problems.map((message) => ({ at: { kind: 'default' }, message })) }
    },
    textOf: (name) => (existsSync(join(dir, name)) ? readFileSync(join(dir, name), 'utf8') : null),
    async write(texts) {
      for (const [name, text] of Object.entries(texts)) await writeWhole(join(dir, name), text)
      const { settings } = await readProject(options)
      const current = served.current().settings
      const waiting = changedAtStart(tree, current, settings)
      await served.use(keepOptions(waiting, current, settings))
      return waiting
    },
    waiting() {
      const read = readSettings(dir, options)
      return read.ok ? changedAtStart(tree, served.current().settings, read.settings) : []
    },
  }
}

/** Secrets are for their owner only. */
async function writeWhole(path: string, text: string): Promise<void> {
  const part = `${path}.part`
  await writeFile(part, text, { mode: 0o600 })
  if (!path.includes('.env')) chmodSync(part, 0o644)
  await rename(part, path)
}
