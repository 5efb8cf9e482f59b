import { runReaderProcess } from './reader'

await runReaderProcess()
