import { admin } from '@koyalite/access'
import { type Route, route } from '@koyalite/kernel'
import { PROVIDERS_AREA } from '../admin-areas'
import type { AuthContext } from '../auth-context'
import { providerStates, testProvider } from '../operations/oauth/provider-states'
import * as response from './response-schemas'

/** Providers of sign-ins, for operators: what is set up, and whether it works. */
export function providerRoutes(context: AuthContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/admin/providers',
      name: 'listProviders',
      summary: 'List providers of sign-ins with what is set up and what is missing',
      access: admin(PROVIDERS_AREA, 'read'),
      responses: { 200: response.providerStates },
      handle: () => providerStates(context),
    }),
    route({
      method: 'POST',
      path: '/api/admin/providers/:name/test',
      name: 'testProvider',
      summary: 'Ask a provider whether it would begin a sign-in',
      access: admin(PROVIDERS_AREA, 'write'),
      responses: { 200: response.providerTest },
      handle: ({ params }) => testProvider(context, params.name),
    }),
  ]
}
