import { mkdirSync } from 'node:fs'
import { createProject, type TempProject } from '@koyalite/testkit'
import { formatSourceProblem } from '../../source/source-problem'
import { type BundlerOptions, createBundler } from '../bundle/bundler'

const opened: { remove(): void }[] = []

/** To be called after each test. */
export function removeBenches(): void {
  for (const one of opened.splice(0)) one.remove()
}

/** A folder beside the project: nothing in it may get into a bundle. */
const OUTSIDE = { 'secret.txt': 'hunter2', 'secret.ts': 'export default "hunter2"', 'broken.ts': 'hunter2 hunter2' }
const SDK =
  'export function defineFunction(definition) { if (definition.boom) throw new Error("sdk"); return definition }\nexport const from = "server"\n'

export interface BundlerBench {
  readonly project: TempProject
  build(entry: string): Promise<readonly string[]>
  run(entry: string, env?: Readonly<Record<string, string>>): Promise<unknown>
}

/** A project in `app/` of a folder, with a bundler for it. */
export function bundlerBench(
  files: Readonly<Record<string, string>>,
  options: Partial<BundlerOptions> = {},
): BundlerBench {
  const inside = Object.fromEntries(Object.entries(files).map(([path, text]) => [`app/${path}`, text]))
  const project = createProject({ files: { ...OUTSIDE, ...inside, 'server/sdk.js': SDK } })
  mkdirSync(project.path('app'), { recursive: true })
  const bundler = createBundler({
    dir: project.path('app'),
    folder: project.path('app/data/functions/code'),
    sdk: project.path('server/sdk.js'),
    bun: { executable: process.execPath, env: {} },
    ...options,
  })
  opened.push({
    remove() {
      bundler.close()
      project.remove()
    },
  })
  return {
    project,
    async build(entry) {
      const bundled = await bundler.bundle({ entry })
      return bundled.ok ? [] : bundled.problems.map(formatSourceProblem)
    },
    async run(entry, env = {}) {
      const bundled = await bundler.bundle({ entry })
      if (!bundled.ok) throw new Error(bundled.problems.map(formatSourceProblem).join('\n'))
      const program = `const m = await import(${JSON.stringify(bundled.path)}); let r; try { r = await (m.default.handler ?? m.default)() } catch (e) { r = { stack: e.stack } } console.log(JSON.stringify(r ?? null))`
      const { stdout, stderr } = Bun.spawnSync([process.execPath, '--no-install', '-e', program], {
        cwd: '/',
        env: { ...env },
      })
      if (stderr.length > 0) throw new Error(stderr.toString())
      return JSON.parse(stdout.toString())
    },
  }
}
