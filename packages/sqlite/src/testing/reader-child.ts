import { runReader } from '../readers/reader-process'
import { TEST_FUNCTIONS } from './test-functions'

runReader({ functions: TEST_FUNCTIONS })
