/** Whether functions run in a sandbox here: without one, what is out of their reach is not. */
export const hasSandbox =
  Bun.which('bwrap') !== null &&
  Bun.spawnSync(['bwrap', '--unshare-all', '--ro-bind', '/', '/', '/bin/true'], { stderr: 'ignore' }).success
