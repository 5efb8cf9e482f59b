// `npm run build:clients`: the npm packages of clients, below dist/npm or the folder that is named.
import { join, relative, resolve } from 'node:path'
import { buildClientPackage } from './client-package/build-client-package'
import { CLIENT_PACKAGES } from './client-package/client-packages'

const [folder = join(import.meta.dir, '../dist/npm')] = process.argv.slice(2)
for (const name of CLIENT_PACKAGES) {
  const outdir = resolve(folder, name)
  await buildClientPackage(name, { outdir })
  console.log(relative('.', outdir))
}
