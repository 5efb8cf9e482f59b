import { expect, test } from 'bun:test'
import { readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expectStatus, runKoyalite, totpCode, useServer } from '@koyalite/testkit'
import { NO_LIMITS, PASSWORD, SCHEMA, signUpWithApp } from './accounts'

const server = useServer({ schema: SCHEMA, settings: NO_LIMITS })

async function run(...args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await runKoyalite([...args, '--dir', server.project.dir])
  expect({ args, code, output: code === 0 ? '' : stdout + stderr }).toEqual({ args, code: 0, output: '' })
}
const files = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
const data = (name: string) => server.project.path(join('data', name))

/** Complete a sign-in with the second factor with a code of an app. */
async function signInWith(email: string, code: string) {
  const { mfa_token } = (await server.anonymous.post('/api/auth/login', { email, password: PASSWORD })).body
  return server.anonymous.post('/api/auth/mfa/totp/verify', { mfa_token, code })
}

test('a second factor is in no file in clear, outlives a backup with its keys, and is worth nothing without them', async () => {
  const { email, secret, recovery } = await signUpWithApp(server)
  await run('db', 'backup', '--to', data('backups/whole'))
  await server.process.kill('SIGTERM')
  for (const file of files(server.project.dir)) {
    const bytes = readFileSync(file)
    for (const text of [secret, ...recovery, PASSWORD])
      expect({ file, found: bytes.includes(text) }).toEqual({ file, found: false })
  }
  expect(statSync(data('keys/secrets.json')).mode & 0o777).toBe(0o600)

  rmSync(data('keys'), { recursive: true })
  await run('db', 'restore', data('backups/whole'), '--yes')
  await server.restart()
  expectStatus(await signInWith(email, totpCode(secret)), 200)

  renameSync(data('keys/secrets.json'), data('lost.json'))
  await server.restart()
  expectStatus(await signInWith(email, totpCode(secret, 1)), 401)
  const { mfa_token } = (await server.anonymous.post('/api/auth/login', { email, password: PASSWORD })).body
  const body = { mfa_token, recovery_code: recovery[0] }
  expectStatus(await server.anonymous.post('/api/auth/mfa/totp/verify', body), 200)
})
