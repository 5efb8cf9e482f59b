export { wholeCommandLine } from './run-cli'
