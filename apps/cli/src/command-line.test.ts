import { expect, test } from 'bun:test'
import { commandLine } from './command-line'

/** The words that a shell makes of a line. */
function words(line: string): readonly string[] {
  const { stdout } = Bun.spawnSync(['sh', '-c', `printf '%s\\0' ${line}`])
  return stdout.toString().split('\0').slice(0, -1)
}

test('a shell makes of a command what it was made of, whatever is in it', () => {
  const args = [
    'rules',
    'explain',
    'posts',
    'create',
    '--as',
    'user:0197a',
    '--id',
    'it\'s $HOME `id` \\ "x" ;&|',
    '--data',
    '{"title":"don\'t; rm *"}',
  ]
  expect(words(commandLine(args, "/srv/my 'app'")).slice(1)).toEqual([...args, '--dir', "/srv/my 'app'"])
  expect(words(commandLine(['doctor'], '.')).slice(1)).toEqual(['doctor'])
})
