import { readSync } from 'node:fs'

// The parent holds the other end of standard input and never writes to it: the read returns when the parent is gone, however it ended.
const byte = new Uint8Array(1)
try {
  while (readSync(0, byte) > 0);
} finally {
  // Only this ends a statement that runs.
  process.kill(process.pid, 'SIGKILL')
}
