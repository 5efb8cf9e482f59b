import { expect, test } from 'bun:test'
import { createAuthenticator } from '../../testing/authenticator'
import { startAuth } from '../../testing/start-auth'

/** Makes a passkey at an origin and signs in with it; the statuses of both. */
async function passkeyAt(settings: Readonly<Record<string, string>>, origin: string) {
  const auth = await startAuth({ publicUrl: 'https://api.example.com', settings })
  const { access: token } = await auth.user()
  const device = createAuthenticator({ origin })
  const options = (await auth.post('/api/auth/passkeys/options', { for: 'register' }, { token })).body
  const credential = device.register(options)
  const made = await auth.post('/api/auth/passkeys/register', { credential }, { token })
  const asked = (await auth.post('/api/auth/passkeys/options', { for: 'login' })).body
  const used = await auth.post('/api/auth/passkeys/login', { credential: device.login(asked) })
  await auth.close()
  return { rpId: [options.rp.id, asked.rpId], statuses: [made.status, used.status] }
}

const APP = {
  'auth.passkeys.rp_id': 'example.com',
  'auth.passkeys.origins': '["https://app.example.com/", "android:apk-key-hash:Zm9v"]',
}

test.each([
  [{}, 'https://api.example.com', 'api.example.com', [201, 200]],
  [{}, 'https://app.example.com', 'api.example.com', [422, 401]],
  [APP, 'https://app.example.com', 'example.com', [201, 200]],
  [APP, 'https://api.example.com', 'example.com', [201, 200]],
  [APP, 'android:apk-key-hash:Zm9v', 'example.com', [201, 200]],
  [APP, 'https://evil.example.com', 'example.com', [422, 401]],
  [APP, 'https://app.example.com:8443', 'example.com', [422, 401]],
  // Named origins stand instead of those of CORS.
  [
    { ...APP, 'server.cors.origins': '["https://other.example.com"]' },
    'https://other.example.com',
    'example.com',
    [422, 401],
  ],
  [
    { 'server.cors.origins': '["https://other.example.com"]' },
    'https://other.example.com',
    'api.example.com',
    [201, 200],
  ],
])('with %j a passkey of %s belongs to %s', async (settings, origin, id, statuses) => {
  expect(await passkeyAt(settings, origin)).toEqual({ rpId: [id, id], statuses })
})
