import { createKoyalite } from '@koyalite/client'
import { checkClient } from './check-client.mjs'

export default {
  // One client for each request: sessions of users do not meet.
  async fetch(_request, env) {
    return new Response(await checkClient(createKoyalite, { url: env.KOYALITE_URL, refresh: 'never' }))
  },
}
