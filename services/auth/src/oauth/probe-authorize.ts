import type { CustomFetch } from 'openid-client'

/**
 * Why a provider refuses to begin a sign-in at this address; null where it shows a page, or sends on to one. Rejects
 * where it cannot be reached.
 */
export async function probeAuthorize(providerFetch: CustomFetch, url: URL): Promise<string | null> {
  const { status, headers } = await providerFetch(url.href, {
    method: 'GET',
    headers: {},
    body: null,
    redirect: 'manual',
  })
  const location = headers.get('location')
  const error = location !== null && URL.canParse(location) ? new URL(location).searchParams.get('error') : null
  if (error !== null) return error.slice(0, 200)
  return status >= 400 ? `status ${status}` : null
}
