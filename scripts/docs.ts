// `npm run docs`: writes the pages of docs/ that are made from the code. A test fails while one of them is not as this would write it.
import { join, resolve } from 'node:path'
import { writtenPages } from './docs/written-pages'

const folder = resolve(import.meta.dir, '..', 'docs')
for (const [name, text] of Object.entries(await writtenPages())) {
  await Bun.write(join(folder, name), text)
  console.log(`docs/${name}`)
}
