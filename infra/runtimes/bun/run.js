import { createKoyalite } from '@koyalite/client'
import { checkClient } from './check-client.mjs'

console.log(await checkClient(createKoyalite, { url: process.env.KOYALITE_URL }))
