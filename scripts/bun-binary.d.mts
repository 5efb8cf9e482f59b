export function bunBinary(root: string): string
export function bunPackage(machine: Pick<NodeJS.Process, 'platform' | 'arch' | 'report'>): string
