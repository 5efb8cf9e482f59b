// `npm run client`: writes the client of the admin API from the routes of the server, and reports of what the client packages offer.
// Tests fail while they are not as this would write them.
import { join, resolve } from 'node:path'
import { ADMIN_CLIENT_FILE, adminClientSource } from './admin-client/admin-client-source'
import { apiReport, apiReportFile } from './client-package/api-report'
import { CLIENT_PACKAGES } from './client-package/client-packages'

const root = resolve(import.meta.dir, '..')
await Bun.write(join(root, ADMIN_CLIENT_FILE), await adminClientSource())
console.log(ADMIN_CLIENT_FILE)
for (const name of CLIENT_PACKAGES) {
  await Bun.write(join(root, apiReportFile(name)), await apiReport(name))
  console.log(apiReportFile(name))
}
