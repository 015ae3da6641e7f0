/*
 * The whole firmware of a Cortex-M0 whose learners are Habit's: start-up, and what every learner comes to, printed through
 * the debugger's semihosting. No C library is linked.
 */

#include "../learners.h"

enum { SYS_WRITE0 = 0x04, SYS_EXIT = 0x18, APPLICATION_EXIT = 0x20026, RUNTIME_ERROR = 0x20023 };

extern uint32_t stack_top[], data_start[], data_end[], data_load[], bss_start[], bss_end[];
void reset(void);
static void fault(void);

__attribute__((section(".vectors"), used)) static void *const vectors[16] = {
    stack_top, (void *)reset, (void *)fault, (void *)fault,
};

static void semihost(uint32_t operation, const void *argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

static void leave(uint32_t why)
{
    semihost(SYS_EXIT, (const void *)(uintptr_t)why);
    for (;;) {
    }
}

static void fault(void)
{
    semihost(SYS_WRITE0, "fault\n");
    leave(RUNTIME_ERROR);
}

static void print_hexadecimal(uint64_t number)
{
    char text[18];
    int place;
    text[0] = ' ';
    for (place = 16; place > 0; place--, number >>= 4)
        text[place] = "0123456789abcdef"[number & 15];
    text[17] = '\0';
    semihost(SYS_WRITE0, text);
}

static void say(const char *name, uint64_t digest, uint64_t after)
{
    semihost(SYS_WRITE0, name);
    print_hexadecimal(digest);
    print_hexadecimal(after);
    semihost(SYS_WRITE0, "\n");
}

void reset(void)
{
    uint32_t *to = data_start, *from = data_load;
    habit_status status;
    while (to < data_end)
        *to++ = *from++;
    for (to = bss_start; to < bss_end; to++)
        *to = 0;
    status = learners(say);
    if (status != HABIT_STATUS_OK) {
        semihost(SYS_WRITE0, habit_error_message(status));
        semihost(SYS_WRITE0, "\n");
    }
    leave(status == HABIT_STATUS_OK ? APPLICATION_EXIT : RUNTIME_ERROR);
}
