/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <unistd.h>

#include "src/base/log.h"
#include "src/options.h"
#include "src/profile.h"
#include "tests/unit/unit.h"

static struct options options;
static char message[400];

/* The words of LINE as a command line; a word ends at a space. */
static bool parse(const char *line)
{
    static char copy[1000];
    char *argv[40] = {(char *)"twin86"}, *rest = copy;
    int argc = 1;
    snprintf(copy, sizeof copy, "%s", line);
    message[0] = 0;
    for (char *word; (word = strsep(&rest, " "));)
        if (*word)
            argv[argc++] = word;
    return options_parse(&options, argc, argv, message, sizeof message);
}

static void expect_wrong(const char *line, const char *text)
{
    bool ok = parse(line);
    options_free(&options);
    ck_assert_msg(!ok, "accepted: %s", line);
    ck_assert_msg(strstr(message, text) && !strchr(message, '\n'), "%s: %s", line, message);
}

START_TEST(nothing_given_is_a_machine_with_the_usual_parts)
{
    ck_assert_msg(parse(""), "%s", message);
    ck_assert_uint_eq(options.ram_mib, 64);
    ck_assert_uint_eq(options.cpu.hz, 100000000);
    ck_assert_str_eq(options.cpu.model->name, "pentium3");
    ck_assert_uint_eq(options.speed, 100);
    ck_assert_uint_eq(options.image.count, 0);
    ck_assert_int_eq(options.rtc, RTC_LOCAL);
    ck_assert(!options.snapshot && !options.debug_exit && !options.display);
    options_free(&options);
}
END_TEST

START_TEST(one_dash_or_two_and_an_equals_sign_are_the_same)
{
    static const char *const same[] = {"-m 16", "--m 16", "-m=16", "--m=16"};
    for (size_t i = 0; i < ARRAY_LEN(same); i++) {
        ck_assert_msg(parse(same[i]), "%s", message);
        ck_assert_uint_eq(options.ram_mib, 16);
        options_free(&options);
    }
}
END_TEST

START_TEST(the_boot_order_and_its_menu)
{
    static const struct {
        const char *text, *order;
        int menu;
    } rows[] = {
        {"d", "d", BOOT_ASK},
        {"acd", "acd", BOOT_ASK},
        {"order=dca,menu=on", "dca", BOOT_MENU},
        {"menu=off", "", BOOT_SILENT},
        {"menu=on,a", "a", BOOT_MENU},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char line[60];
        snprintf(line, sizeof line, "-boot %s", rows[i].text);
        ck_assert_msg(parse(line), "%s", message);
        ck_assert_str_eq(options.boot.order, rows[i].order);
        ck_assert_int_eq(options.boot.menu, rows[i].menu);
        options_free(&options);
    }
}
END_TEST

START_TEST(every_value_is_taken)
{
    ck_assert_msg(parse("-fda a.img -hdb disk -cdrom c.iso -snapshot -boot order=ca -m 1G -cpu "
                        "pentium-mmx-66 x.img "
                        "-serial null -serial file:out -rtc base=2026-01-31T23:59:58 -speed 50% "
                        "-device isa-debug-exit,iobase=0xf4,iosize=0x04 -max-time 1.5 -- -odd"),
                  "%s", message);
    ck_assert_str_eq(options.floppy[0], "a.img");
    ck_assert_str_eq(options.cd, "c.iso");
    ck_assert_str_eq(options.hard[1], "disk");
    ck_assert_str_eq(options.boot.order, "ca");
    ck_assert_int_eq(options.boot.menu, BOOT_ASK);
    ck_assert(options.snapshot);
    ck_assert_uint_eq(options.ram_mib, 1024);
    ck_assert_uint_eq(options.cpu.hz, 66000000);
    ck_assert_str_eq(options.cpu.model->name, "pentium-mmx");
    ck_assert_uint_eq(options.image.count, 2);
    ck_assert_str_eq(options.image.item[1], "-odd");
    ck_assert_uint_eq(options.serial.count, 2);
    ck_assert_str_eq(options.serial.item[1], "file:out");
    ck_assert_int_eq(options.rtc, RTC_DATE);
    ck_assert_int_eq(options.rtc_date, 1769903998);
    ck_assert_uint_eq(options.speed, 50);
    ck_assert(options.debug_exit);
    ck_assert_uint_eq(options.debug_exit_port, 0xf4);
    ck_assert_uint_eq(options.max_time, 1500000000);
    options_free(&options);
}
END_TEST

START_TEST(properties_follow_a_comma)
{
    ck_assert_msg(parse("-cpu pentium2-66,coherent-tlb -machine pc,acpi=off,apm=no,pnp=off"), "%s",
                  message);
    ck_assert(options.cpu.coherent && options.cpu.hz == 66000000);
    ck_assert(!options.board.acpi && options.board.apic && !options.board.apm);
    ck_assert(!options.board.pnp);
    options_free(&options);
    ck_assert(parse("-machine pc,hpet=off") && !options.board.hpet && options.board.acpi);
    options_free(&options);
    ck_assert(parse("-machine pc") && options.board.hpet);
    options_free(&options);
    ck_assert(parse("-machine isapc") && !options.board.hpet);
    options_free(&options);
    ck_assert(parse("-cpu pentium2,coherent-tlb=on -cpu pentium2,coherent-tlb=off"));
    ck_assert(!options.cpu.coherent && options.cpu.hz == 100000000);
    options_free(&options);
    ck_assert(parse("-machine isapc"));
    ck_assert(options.board.isa && !options.board.acpi && !options.board.apic);
    options_free(&options);
    expect_wrong("-cpu pentium2,fast", "'fast' is not one of: coherent-tlb=on|off");
    expect_wrong("-cpu pentium2-66x,coherent-tlb", "wants MODEL-MHZ");
    expect_wrong("-machine pc,acpi=maybe", "'acpi=maybe' is not one of: acpi=on|off apic=on|off");
    expect_wrong("-machine pc,", "is not one of");
    expect_wrong("-machine pcx,acpi", "no such board");
}
END_TEST

/* The profile sets what nobody set, wherever it stands. */
START_TEST(single_options_win_over_the_profile)
{
    ck_assert_msg(parse("-m 20 -profile win9x"), "%s", message);
    ck_assert_str_eq(options.cpu.model->name, "pentium2");
    ck_assert(options.cpu.coherent && !options.board.acpi && !options.board.apic);
    ck_assert_uint_eq(options.ram_mib, 20);
    options_free(&options);
    ck_assert(parse("-profile win9x -profile dos -machine pc"));
    ck_assert_str_eq(options.cpu.model->name, "486dx2");
    ck_assert_uint_eq(options.ram_mib, 16);
    ck_assert(!options.cpu.coherent && options.board.acpi);
    options_free(&options);
    expect_wrong("-profile win3", "-profile win3: no such profile; there are: dos win9x");
}
END_TEST

START_TEST(every_profile_is_made_of_good_options)
{
    for (unsigned i = 0; profile_at(i); i++) {
        char line[80];
        snprintf(line, sizeof line, "-profile %s", profile_at(i)->name);
        ck_assert_msg(parse(line), "%s", message);
        ck_assert_ptr_eq(options.profile, profile_at(i));
        options_free(&options);
    }
}
END_TEST

START_TEST(the_last_of_several_values_counts)
{
    ck_assert(parse("-m 8 -fda a -m 32 -fda b -speed max"));
    ck_assert_uint_eq(options.ram_mib, 32);
    ck_assert_str_eq(options.floppy[0], "b");
    ck_assert_uint_eq(options.speed, 0);
    options_free(&options);
}
END_TEST

START_TEST(nographic_puts_com1_on_the_terminal)
{
    ck_assert(parse("-nographic"));
    ck_assert_str_eq(options.display, "none");
    ck_assert_str_eq(options.serial.item[0], "mon:stdio");
    options_free(&options);
    ck_assert(parse("-nographic -serial file:x"));
    ck_assert_uint_eq(options.serial.count, 1);
    options_free(&options);
}
END_TEST

START_TEST(wrong_words_get_one_line_that_names_them)
{
    expect_wrong("-fdaa x", "-fdaa: unknown option; did you mean -fda?");
    expect_wrong("--snapshoot", "did you mean --snapshot?");
    expect_wrong("-zzzzzzzz", "twin86 --help");
    expect_wrong("-monitor stdio", "-monitor: unknown option: the monitor");
    expect_wrong("-s", "the debugger");
    expect_wrong("-fda", "-fda: wants a value: FILE");
    expect_wrong("-m 0", "-m 0: wants MiB");
    expect_wrong("-m lots", "wants MiB");
    expect_wrong("-m 99999", "wants MiB");
    expect_wrong("-m 16x", "wants MiB");
    expect_wrong("-cpu pentuim", "-cpu pentuim: no such CPU model; did you mean pentium?");
    expect_wrong("-cpu k6", "-cpu help");
    expect_wrong("-cpu max-0", "MHz");
    expect_wrong("-smp 0", "-smp 0: wants a number of CPUs, 1 to 8");
    expect_wrong("-smp 9", "1 to 8");
    expect_wrong("-smp two", "1 to 8");
    expect_wrong("-smp 2 -cpu 486", "-smp 2: wants -machine pc and a -cpu with an APIC");
    expect_wrong("-smp 2 -machine isapc", "-smp 2: wants -machine pc");
    expect_wrong("-smp 8 -cpu pentium-1251", "-smp 8: wants a -cpu with at most 1250 MHz");
    expect_wrong("-cpu 80286 -bios x", "-cpu 80286: the built-in BIOSes need a 386");
    expect_wrong("-machine q35", "-machine q35: no such board; there are: pc");
    expect_wrong("-boot n", "-boot n: wants a (floppy)");
    expect_wrong("-boot aa", "-boot aa: wants");
    expect_wrong("-boot acda", "-boot acda: wants");
    expect_wrong("-boot order=", "-boot order=: wants");
    expect_wrong("-boot a,menu", "-boot a,menu: wants");
    expect_wrong("-boot c,", "-boot c,: wants");
    expect_wrong("-display holo", "not in this build");
    expect_wrong("-serial com1", "-serial com1: wants null");
    expect_wrong("-serial null -serial null -serial null", "at most 2");
    expect_wrong("-serial mouse:4", "-serial mouse:4: wants null");
    expect_wrong("-serial mouses", "or mouse, mouse:3, mouse:wheel");
    expect_wrong("-serial mouse -serial mouse:3", "-serial mouse:3: only one port");
    expect_wrong("-parallel mouse", "-parallel mouse: wants null");
    expect_wrong("-serial stdio -serial stdio", "only one port");
    expect_wrong("-rtc base=2026-02-31", "-rtc base=2026-02-31: wants");
    expect_wrong("-rtc now", "wants base=");
    expect_wrong("-device e1000", "-device e1000: wants isa-debug-exit");
    expect_wrong("-device isa-debug-exit,iobase=70000", "wants isa-debug-exit");
    expect_wrong("-speed 0", "-speed 0: wants");
    expect_wrong("-speed fast", "wants real, max");
    expect_wrong("-d exce", "no trace 'exce'; did you mean exec");
    expect_wrong("-key pause=ctrl-alt-nokey", "-key");
    expect_wrong("-max-time -1", "wants seconds");
    expect_wrong("-max-insns 0", "above 0");
    expect_wrong("--snapshot=maybe", "wants yes or no");
    expect_wrong("-config /no/such/file", "/no/such/file");
}
END_TEST

START_TEST(looking_at_traces_turns_none_on)
{
    ck_assert(parse("-d exec,int"));
    ck_assert_str_eq(options.log, "exec,int");
    ck_assert_uint_eq(log_mask, 0);
    options_free(&options);
}
END_TEST

static char path[] = "options-test-XXXXXX";

static void write_config(const char *text)
{
    strcpy(path, "options-test-XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static bool parse_with_config(const char *before)
{
    char line[300];
    snprintf(line, sizeof line, "%s -config %s", before, path);
    bool ok = parse(line);
    unlink(path);
    return ok;
}

START_TEST(the_command_line_wins_over_the_ini_file)
{
    write_config("# comment\n[machine]\nm = 16\nsnapshot = yes\nimage = \"my disk.img\"\n"
                 "image = two.img\nserial = null\nfda =  a.img  \n");
    ck_assert_msg(parse_with_config("-m 8 -serial file:x"), "%s", message);
    ck_assert_uint_eq(options.ram_mib, 8);
    ck_assert(options.snapshot);
    ck_assert_uint_eq(options.image.count, 2);
    ck_assert_str_eq(options.image.item[0], "my disk.img");
    ck_assert_uint_eq(options.serial.count, 1);
    ck_assert_str_eq(options.serial.item[0], "file:x");
    ck_assert_str_eq(options.floppy[0], "a.img");
    options_free(&options);
}
END_TEST

START_TEST(a_wrong_line_of_the_ini_file_is_named_with_its_number)
{
    static const struct {
        const char *text, *part;
    } row[] = {
        {"m = 16\nmm = 4\n", ":2: mm: unknown option; did you mean m?"},
        {"\n\nm = x\n", ":3: m x: wants MiB"},
        {"snapshot\n", ":1: 'snapshot': wants name = value"},
        {"config = y\n", "only for the command line"},
    };
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        write_config(row[i].text);
        ck_assert(!parse_with_config(""));
        ck_assert_msg(strstr(message, row[i].part), "%s", message);
        options_free(&options);
    }
}
END_TEST

START_TEST(what_print_config_prints_gives_the_same_settings_again)
{
    ck_assert(parse("-m 8 -fda a.img -serial null -serial stdio -snapshot -speed 50% one two"));
    char first[8000] = "", second[8000] = "";
    FILE *out = fmemopen(first, sizeof first, "w");
    options_print_config(&options, out);
    fclose(out);
    options_free(&options);
    write_config(first);
    ck_assert_msg(parse_with_config(""), "%s", message);
    out = fmemopen(second, sizeof second, "w");
    options_print_config(&options, out);
    fclose(out);
    ck_assert_str_eq(first, second);
    ck_assert_uint_eq(options.image.count, 2);
    options_free(&options);
}
END_TEST

static char *file_text(const char *name)
{
    static char text[100000];
    char full[500];
    const char *top = getenv("srcdir");
    snprintf(full, sizeof full, "%s/%s", top ? top : ".", name);
    FILE *file = fopen(full, "r");
    ck_assert_msg(file != NULL, "%s: set srcdir", full);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    return text;
}

/* An option's paragraph begins with .B \-name or .BI \-name " VALUE"; dashes are escaped. */
static bool page_has(const char *page, const char *name)
{
    char dashed[60], plain[80], valued[80], *out = dashed;
    for (; *name; name++) {
        if (*name == '-')
            *out++ = '\\';
        *out++ = *name;
    }
    *out = 0;
    snprintf(plain, sizeof plain, ".TP\n.B \\-%s\n", dashed);
    snprintf(valued, sizeof valued, ".TP\n.BI \\-%s \" ", dashed);
    return strstr(page, plain) || strstr(page, valued);
}

START_TEST(the_man_page_describes_every_option_and_no_other)
{
    const char *page = file_text("twin86.1");
    unsigned rows = 0, paragraphs = 0;
    for (; options_name(rows); rows++)
        ck_assert_msg(!rows || page_has(page, options_name(rows)), "twin86.1 lacks -%s",
                      options_name(rows));
    for (const char *at = page; (at = strstr(at, ".TP\n.B")); at++)
        paragraphs += !strncmp(at + 4, ".B \\-", 5) || !strncmp(at + 4, ".BI \\-", 6);
    ck_assert_uint_eq(paragraphs, rows - 1); /* row 0: images */
}
END_TEST

Suite *options_suite(void)
{
    const TTest *const tests[] = {
        nothing_given_is_a_machine_with_the_usual_parts,
        one_dash_or_two_and_an_equals_sign_are_the_same,
        every_value_is_taken,
        properties_follow_a_comma,
        single_options_win_over_the_profile,
        every_profile_is_made_of_good_options,
        the_boot_order_and_its_menu,
        the_last_of_several_values_counts,
        nographic_puts_com1_on_the_terminal,
        wrong_words_get_one_line_that_names_them,
        looking_at_traces_turns_none_on,
        the_command_line_wins_over_the_ini_file,
        a_wrong_line_of_the_ini_file_is_named_with_its_number,
        what_print_config_prints_gives_the_same_settings_again,
        the_man_page_describes_every_option_and_no_other,
        NULL,
    };
    return unit_suite("options", tests);
}
