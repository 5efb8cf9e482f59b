import { working } from '../working'

/** A program whose work takes a little longer than a second, and grows by a tenth whenever somebody looks. */
const KB = 1024
let bytes = 0
const what = process.argv[3] ?? 'Copying'
const finished = Promise.withResolvers<string>()
const growing = process.argv[2] === 'measured' ? { total: 10 * KB, done: grow } : undefined
// Nobody looks where there is nothing to measure, or nobody to show it to.
if (growing === undefined || !process.stderr.isTTY) setTimeout(() => finished.resolve('done'), 1400)
process.stdout.write(`${await working(what, () => finished.promise, growing)}\n`)

function grow(): number {
  if (bytes === 10 * KB) finished.resolve('done')
  bytes = Math.min(10 * KB, bytes + KB)
  return bytes
}
