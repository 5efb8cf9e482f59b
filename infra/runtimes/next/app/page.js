import { createKoyalite } from '@koyalite/client'
import { checkClient } from '../check-client.mjs'

export const dynamic = 'force-dynamic'

/** A server component. One client for each request: sessions of users do not meet. */
export default async function Page() {
  return <p>{await checkClient(createKoyalite, { url: process.env.KOYALITE_URL, refresh: 'never' })}</p>
}
