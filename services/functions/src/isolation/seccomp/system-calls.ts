/** Machines whose numbers of system calls are known. */
export type Architecture = 'x64' | 'arm64'

/**
 * What a function never needs, and attackers do: the ways into the kernel that most of its holes are found in. By the number on x64, then that on arm64;
 * null where it does not have the call.
 */
export const REFUSED_CALLS: Readonly<Record<string, readonly [x64: number, arm64: number | null]>> = {
  // Keys of the kernel are not in namespaces.
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  // Namespaces within namespaces, and what one does in them.
  unshare: [272, 97],
  setns: [308, 268],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  open_tree_attr: [467, 467],
  // Other processes.
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  kcmp: [312, 272],
  pidfd_getfd: [438, 438],
  process_madvise: [440, 440],
  // Programs within the kernel, and measurements of it.
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  syslog: [103, 116],
  fanotify_init: [300, 262],
  // Files by handles, which no folder confines.
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  // Memory that is none of the process, and is counted nowhere.
  shmget: [29, 194],
  // The machine itself.
  acct: [163, 89],
  adjtimex: [159, 171],
  clock_adjtime: [305, 266],
  clock_settime: [227, 112],
  settimeofday: [164, 170],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  reboot: [169, 142],
  swapon: [167, 224],
  swapoff: [168, 225],
  ioperm: [173, null],
  iopl: [172, null],
  modify_ldt: [154, null],
}

/** Those that programs try and do without: they are told that the kernel does not have them. */
export const MISSING_CALLS: typeof REFUSED_CALLS = {
  // Its flags are in memory, where a filter does not see them: programs then use clone.
  clone3: [435, 435],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
}

export const CLONE: readonly [x64: number, arm64: number] = [56, 220]
export const IOCTL: readonly [x64: number, arm64: number] = [16, 29]
export const SOCKET: readonly [x64: number, arm64: number] = [41, 198]
