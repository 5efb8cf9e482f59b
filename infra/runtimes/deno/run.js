import { createKoyalite } from '@koyalite/client'
import { checkClient } from './check-client.mjs'

console.log(await checkClient(createKoyalite, { url: Deno.env.get('KOYALITE_URL') }))
