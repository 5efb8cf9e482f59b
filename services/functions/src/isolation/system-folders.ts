/** Of the machine, as far as a program needs it: libraries, certificates, time zones. Not all are on every machine. */
export const SYSTEM_FOLDERS = [
  '/usr',
  '/lib',
  '/lib64',
  '/bin',
  '/etc/ssl',
  '/etc/ca-certificates',
  '/etc/localtime',
  '/etc/alternatives',
] as const
