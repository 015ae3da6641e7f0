/*
 * The whole firmware of a Cortex-M0 whose learners are Habit's: start-up, and what every learner comes to, printed through
 * the debugger's semihosting. No C library is linked.
 */

#include "../learners.h"

enum { SYS_OPEN = 0x01, SYS_WRITE = 0x05, SYS_EXIT = 0x18, APPLICATION_EXIT = 0x20026, RUNTIME_ERROR = 0x20023 };

extern uint32_t stack_top[], data_start[], data_end[], data_load[], bss_start[], bss_end[];
void reset(void);
static void fault(void);

/* Where the stack begins, then what runs after a reset and after a fault. */
static const struct {
    uint32_t *stack;
    void (*handlers[15])(void);
} vectors __attribute__((section(".vectors"), used)) = {stack_top, {reset, fault, fault}};

static uint32_t semihost(uint32_t operation, const void *argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

/* The console is opened anew for each text: a fault may come before anything else has run. */
static void print(const char *text)
{
    static const char console[] = ":tt";
    const uint32_t open[3] = {(uint32_t)(uintptr_t)console, 4, sizeof console - 1};
    uint32_t write[3] = {0, (uint32_t)(uintptr_t)text, 0};
    while (text[write[2]] != '\0')
        write[2]++;
    write[0] = semihost(SYS_OPEN, open);
    semihost(SYS_WRITE, write);
}

static void leave(uint32_t why)
{
    semihost(SYS_EXIT, (const void *)(uintptr_t)why);
    for (;;) {
    }
}

static void fault(void)
{
    print("fault\n");
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
    print(text);
}

static void say(const char *name, uint64_t digest, uint64_t after)
{
    print(name);
    print_hexadecimal(digest);
    print_hexadecimal(after);
    print("\n");
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
        print(habit_error_message(status));
        print("\n");
    }
    leave(status == HABIT_STATUS_OK ? APPLICATION_EXIT : RUNTIME_ERROR);
}
