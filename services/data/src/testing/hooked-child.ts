import { hooksOfFunctions } from './hooks-of-functions'
import { openTestApi } from './open-api'

// A server to be killed: it writes posts without an end, and a hook counts each of them in its transaction. Prints the key of a post
// once it is stored. Argument: the file.
const [path = ''] = process.argv.slice(2)
const SCHEMA = `
version: 1
collections:
  posts: { fields: { id: { type: int, primary: true } } }
  counts: { fields: { id: { type: string, primary: true }, posts: { type: int, default: 0 } } }
`
const hooks = hooksOfFunctions({
  posts: {
    beforeCreate({ data, documents }) {
      documents.update('counts', 'all', { posts: { $inc: 1 } })
      return data
    },
  },
})
const { system } = await openTestApi(SCHEMA, { path, hooks })
await system('POST', '/collections/counts', { id: 'all' })
let next = 1
const writeOn = async (): Promise<never> => {
  for (;;) {
    const id = next++
    const { status } = await system('POST', '/collections/posts', { id })
    if (status !== 201) process.exit(1)
    process.stdout.write(`${id}\n`)
  }
}
await Promise.all(Array.from({ length: 8 }, writeOn))
