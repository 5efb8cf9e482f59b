export { runCli, wholeCommandLine } from './run-cli'
