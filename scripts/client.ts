// `npm run client`: writes the client of the admin API from the routes of the server. A test fails while it is not as this would write it.
import { join, resolve } from 'node:path'
import { ADMIN_CLIENT_FILE, adminClientSource } from './admin-client/admin-client-source'

await Bun.write(join(resolve(import.meta.dir, '..'), ADMIN_CLIENT_FILE), await adminClientSource())
console.log(ADMIN_CLIENT_FILE)
