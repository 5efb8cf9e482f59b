import { resolve } from 'node:path'
import type { Target } from './client-files'
import { functionsInFolder, hasFunctions, pythonFunctions } from './project-functions'

/**
 * What a project generates, by its files: its database is not opened, and may be served meanwhile. Throws a CommandError where a function cannot be loaded.
 * @param chosen what somebody wants otherwise
 */
export async function projectTarget(
  dir: string,
  chosen: (target: Target) => Target = (target) => target,
): Promise<Target> {
  const { editorTypes, loadProject } = await import('@koyalite/server')
  const { schema, settings } = await loadProject({ dir })
  const target = chosen({
    schema,
    languages: settings.generate.languages,
    options: settings.generate,
    folder: resolve(dir, settings.generate.output),
    functions: null,
    pythonFunctions: await pythonFunctions(dir),
  })
  if (!hasFunctions(dir)) return target
  return { ...target, functions: await functionsInFolder(dir), editorTypes: await editorTypes() }
}
