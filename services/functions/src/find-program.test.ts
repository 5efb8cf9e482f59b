import { expect, test } from 'bun:test'
import { outputOf } from './find-program'

test('a program that is not there or fails says nothing', async () => {
  expect(await outputOf(['/bin/sh', '-c', 'echo " a "'])).toBe('a')
  expect(await outputOf(['/bin/sh', '-c', 'echo a; exit 1'])).toBeNull()
  expect(await outputOf(['/nonexistent/program'])).toBeNull()
})
