// SPDX-License-Identifier: Apache-2.0
// The shortest program there is: exits with 0. With an argument it first waits for one byte (or the end) of standard
// input, so that a test decides how long it lives. Without libc where we know the machine: nothing runs before it, and
// it needs no library in a chroot.
#ifdef AUROCHS_FREESTANDING
#if defined(__x86_64__)
asm(R"(
    .globl _start
_start:
    cmpq $1, (%rsp)
    jle 1f
    xorl %eax, %eax
    xorl %edi, %edi
    leaq -256(%rsp), %rsi
    movl $1, %edx
    syscall
1:  movl $231, %eax
    xorl %edi, %edi
    syscall
)");
#elif defined(__aarch64__)
asm(R"(
    .globl _start
_start:
    ldr x9, [sp]
    cmp x9, #1
    b.le 1f
    mov x0, #0
    sub x1, sp, #256
    mov x2, #1
    mov x8, #63
    svc #0
1:  mov x0, #0
    mov x8, #94
    svc #0
)");
#endif
#else
#include <unistd.h>

int main(int argc, char**) {
  char byte;
  return argc > 1 && read(0, &byte, 1) < 0;
}
#endif
