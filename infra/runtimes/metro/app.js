import { createKoyalite } from '@koyalite/client'
import { createData } from '@koyalite/client/data'
import { checkClient } from './check-client.mjs'

if (typeof createData !== 'function') throw new Error('no /data')
globalThis.result = checkClient(createKoyalite, { url: globalThis.KOYALITE_URL })
