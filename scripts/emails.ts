// `npm run emails`: renders the layouts of emails of sign-in, which services/mail fills in. A test fails while they are not as this would write them.
import { join, resolve } from 'node:path'
import { signInLayouts } from '@koyalite/emails/sign-in-layouts'

const path = join(resolve(import.meta.dir, '..'), 'services/mail/src/sign-in/layouts.json')
await Bun.write(path, `${JSON.stringify(await signInLayouts(), null, 2)}\n`)
