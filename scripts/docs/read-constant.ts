import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const ROOT = resolve(import.meta.dir, '../..')

/**
 * A number that the source names: `const MAX_DEPTH = 64`, or `pageMax: 500` in an object. Read from the text, so that
 * nothing has to be exported for it. Throws if the file does not name it exactly once.
 * @param path from the root of the repository
 */
export function readConstant(path: string, name: string): number {
  const text = readFileSync(resolve(ROOT, path), 'utf8')
  const found = Array.from(
    text.matchAll(new RegExp(`^\\s*(?:export )?(?:const ${name} =|${name}:) ([\\d_.*\\s]+?),?$`, 'gm')),
    ([, value = '']) => value,
  )
  const [value] = found
  if (value === undefined || found.length > 1) throw new Error(`${path} does not name ${name} once, as a number`)
  return value
    .replaceAll('_', '')
    .split('*')
    .reduce((product, factor) => product * Number(factor), 1)
}
