import { expect, test } from 'bun:test'
import { useProject } from '@koyalite/functions/testing'

/** Compiled, never run: `tsc` says whether each line is the error that it is marked as. */
async function typeTests(): Promise<void> {
  const project = useProject({ fresh: 'file' })
  const ann = await project.signIn({ email: 'ann@example.com', role: 'editor', metadata: { plan: 'free' } })
  const output: unknown = await project.call('publish', { any: 1 }, { as: ann })
  const title: unknown = (await project.dbAs(ann).collection('posts').first())?.title
  const status: number = (await project.fetch('/hooks/paid', { method: 'POST', body: 'a', as: 'service' })).status
  const logged: readonly string[] = (await project.executions('publish'))[0]?.logs.map(({ message }) => message) ?? []
  // @ts-expect-error: whoever calls is signed in, anonymous or the service
  await project.call('publish', {}, { as: 'ann' })
  // @ts-expect-error: there is no such moment
  useProject({ fresh: 'never' })
  void [output, title, status, logged]
}
void typeTests

test('without a server for the tests it says how they are run', () => {
  expect(() => useProject()).toThrow('run these tests with koyalite functions test')
})
