import { expect, test } from 'bun:test'
import { tarOfFolders } from './tar-of-folders'

test.skipIf(Bun.which('tar') === null)('tar reads the folders and their modes', async () => {
  const archive = tarOfFolders([
    { path: 's', mode: 0o755 },
    { path: 'tmp', mode: 0o1777 },
  ])
  const tar = Bun.spawn(['tar', '--list', '--verbose', '--numeric-owner', '--file', '-'], {
    stdin: archive,
    stdout: 'pipe',
  })
  const lines = (await tar.stdout.text()).trim().split('\n')
  expect(lines.map((line) => line.replace(/ +0 .* /, ' '))).toEqual(['drwxr-xr-x 0/0 s/', 'drwxrwxrwt 0/0 tmp/'])
  expect(await tar.exited).toBe(0)
})
