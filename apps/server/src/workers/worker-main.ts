import { runWorkerProcess } from './worker'

runWorkerProcess()
