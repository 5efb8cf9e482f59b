import { describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readlinkSync } from 'node:fs'
import { until } from '@koyalite/testkit'
import { makeOutputPipes } from './output-pipes'

async function writtenToPipes(): Promise<{ readonly folder: string; readonly texts: readonly string[] }> {
  const pipes = makeOutputPipes()
  const read = Promise.all([new Response(pipes.stdout).text(), new Response(pipes.stderr).text()])
  for (const line of ['one', 'two']) {
    // A writer that goes ends nothing.
    const writer = Bun.spawn(['/bin/sh', '-c', `echo ${line} >out; echo wrong >err`], { cwd: pipes.folder })
    expect(await writer.exited).toBe(0)
  }
  pipes.end()
  expect(existsSync(pipes.folder)).toBe(false)
  return { folder: pipes.folder, texts: await read }
}

/** What this process has open there, under whatever name it had. */
function openIn(folder: string): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${descriptor}`)
      return path.startsWith(folder) ? [path] : []
    } catch {
      // It was closed meanwhile.
      return []
    }
  })
}

describe.skipIf(process.platform !== 'linux')('the pipes of a container', () => {
  test('are read to their end, once nobody writes any more', async () => {
    expect((await writtenToPipes()).texts).toEqual(['one\ntwo\n', 'wrong\nwrong\n'])
  })

  test('leave nothing open', async () => {
    const pipes = makeOutputPipes()
    expect(openIn(pipes.folder)).not.toEqual([])
    pipes.end()
    for (let round = 0; round < 3; round++) {
      const { folder } = await writtenToPipes()
      await until(() => openIn(folder).length === 0)
    }
  })
})
