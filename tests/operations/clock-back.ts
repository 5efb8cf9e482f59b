// Preloaded into a server: from the moment that a file appears, its clock is an hour behind.
import { existsSync } from 'node:fs'

const HOUR = 3_600_000
const RealDate = Date
const now = () => RealDate.now() - (existsSync(process.env.CLOCK_BACK ?? '') ? HOUR : 0)

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args) => (args.length === 0 ? new target(now()) : Reflect.construct(target, args)),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
})
