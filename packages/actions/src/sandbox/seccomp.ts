/**
 * A seccomp filter that refuses what no program needs: the classic way out of a sandbox is a system call that few
 * programs use. Denied calls fail with EPERM; `socketpair` stays, because Deno's runtime starts with it.
 *
 * Numbers of system calls: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h of Linux.
 */
const DENIED: Readonly<Record<'x64' | 'arm64', readonly number[]>> = {
  // prettier-ignore
  x64: [
    41,
    42,
    43,
    49,
    50,
    288, // socket, connect, accept, bind, listen, accept4
    101,
    310,
    311,
    312, // ptrace, process_vm_readv, process_vm_writev, kcmp
    155,
    161,
    165,
    166,
    272,
    308, // pivot_root, chroot, mount, umount2, unshare, setns
    428,
    429,
    430,
    431,
    432,
    433,
    442, // open_tree, move_mount, fsopen, fsconfig, fsmount, fspick, mount_setattr
    246,
    320,
    175,
    176,
    313,
    169, // kexec_load, kexec_file_load, init_module, delete_module, finit_module, reboot
    248,
    249,
    250, // add_key, request_key, keyctl
    321,
    298,
    323, // bpf, perf_event_open, userfaultfd
    425,
    426,
    427, // io_uring_setup, io_uring_enter, io_uring_register
    434,
    438,
    440, // pidfd_open, pidfd_getfd, process_madvise
    304,
    133,
    172,
    173, // open_by_handle_at, mknod, iopl, ioperm
    159,
    164,
    170,
    171,
    227, // adjtimex, settimeofday, sethostname, setdomainname, clock_settime
    167,
    168,
    153, // swapon, swapoff, vhangup
  ],
  // prettier-ignore
  arm64: [
    198,
    203,
    202,
    200,
    201,
    242, // socket, connect, accept, bind, listen, accept4
    117,
    270,
    271,
    272, // ptrace, process_vm_readv, process_vm_writev, kcmp
    41,
    51,
    40,
    39,
    97,
    268, // pivot_root, chroot, mount, umount2, unshare, setns
    428,
    429,
    430,
    431,
    432,
    433,
    442, // open_tree … mount_setattr
    104,
    294,
    105,
    106,
    273,
    142, // kexec_load, kexec_file_load, init_module, delete_module, finit_module, reboot
    217,
    218,
    219, // add_key, request_key, keyctl
    280,
    241,
    282, // bpf, perf_event_open, userfaultfd
    425,
    426,
    427, // io_uring
    434,
    438,
    440, // pidfd_open, pidfd_getfd, process_madvise
    265,
    33, // open_by_handle_at, mknodat
    171,
    170,
    161,
    162,
    112, // adjtimex, settimeofday, sethostname, setdomainname, clock_settime
    224,
    225,
    58, // swapon, swapoff, vhangup
  ],
};

/** AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64 of linux/audit.h. */
const ARCHITECTURE = { x64: 0xc000003e, arm64: 0xc00000b7 } as const;
/** Calls of the x32 ABI carry this bit and would pass by their other numbers. */
const X32_BIT = 0x40000000;

// linux/bpf_common.h and linux/seccomp.h.
const LOAD_WORD = 0x20;
const JUMP_IF_EQUAL = 0x15;
const JUMP_IF_GREATER_OR_EQUAL = 0x35;
const RETURN = 0x06;
const OFFSET_NUMBER = 0;
const OFFSET_ARCHITECTURE = 4;
const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const ERRNO_EPERM = 0x00050001;
const INSTRUCTION_BYTES = 8;

type Instruction = readonly [code: number, jumpTrue: number, jumpFalse: number, value: number];

/**
 * The filter as an array of `struct sock_filter`, little endian.
 * @returns `undefined` on an architecture without a list.
 */
export function seccompFilter(architecture: string = process.arch): Uint8Array | undefined {
  if (architecture !== 'x64' && architecture !== 'arm64') return undefined;
  const denied = DENIED[architecture];
  const program: Instruction[] = [
    [LOAD_WORD, 0, 0, OFFSET_ARCHITECTURE],
    [JUMP_IF_EQUAL, 1, 0, ARCHITECTURE[architecture]],
    [RETURN, 0, 0, KILL_PROCESS],
    [LOAD_WORD, 0, 0, OFFSET_NUMBER],
    [JUMP_IF_GREATER_OR_EQUAL, denied.length + 1, 0, X32_BIT],
    ...denied.map((number, i): Instruction => [JUMP_IF_EQUAL, denied.length - i, 0, number]),
    [RETURN, 0, 0, ALLOW],
    [RETURN, 0, 0, ERRNO_EPERM],
  ];
  const bytes = new Uint8Array(program.length * INSTRUCTION_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [i, [code, jumpTrue, jumpFalse, value]] of program.entries()) {
    view.setUint16(i * INSTRUCTION_BYTES, code, true);
    view.setUint8(i * INSTRUCTION_BYTES + 2, jumpTrue);
    view.setUint8(i * INSTRUCTION_BYTES + 3, jumpFalse);
    view.setUint32(i * INSTRUCTION_BYTES + 4, value, true);
  }
  return bytes;
}
