// Loaded before every test file: a property test (fast-check) ends after this long, however many cases it has tried by then. What it found until
// then counts, and a failure prints the seed that repeats it. A property whose single case takes seconds sets a limit of its own. `npm run test:long` gives each of them a minute.
import { configureGlobal, readConfigureGlobal } from 'fast-check'

const DEFAULT_SECONDS = 10

configureGlobal({
  ...readConfigureGlobal(),
  interruptAfterTimeLimit: Number(process.env.KOYALITE_PROPERTY_SECONDS ?? DEFAULT_SECONDS) * 1000,
  markInterruptAsFailure: false,
})
