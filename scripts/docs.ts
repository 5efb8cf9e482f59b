// `npm run docs`: writes what of the documentation is made from the code, and the README's figures from the reference run of the benchmarks. A
// test fails while something is not as this would write it.
import { join, resolve } from 'node:path'
import { writtenPages } from './docs/written-pages'

const root = resolve(import.meta.dir, '..')
for (const [path, text] of Object.entries(await writtenPages())) {
  await Bun.write(join(root, path), text)
  console.log(path)
}
