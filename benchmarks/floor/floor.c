/* The C floor: WebKitGTK's message-with-reply, answered by a C handler that does nothing else.
 *
 * Nothing a framework does can be faster than this; every ratio in the table is against it. Built by
 * the benchmark itself. The few functions are declared by hand, so no development package is needed.
 *
 * usage: floor PAGE.html
 * A message's first letter says what it is: n echo · f first call · s start timing · e end timing ·
 * r report (JSON) · q quit. One JSON object per line goes to standard output.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef void *object;
extern int gtk_init_check(int *, char ***);
extern object gtk_window_new(int);
extern void gtk_window_set_default_size(object, int, int);
extern void gtk_container_add(object, object);
extern void gtk_widget_show_all(object);
extern void gtk_main(void);
extern object webkit_user_content_manager_new(void);
extern int webkit_user_content_manager_register_script_message_handler_with_reply(object, const char *, const char *);
extern object webkit_web_view_new_with_user_content_manager(object);
extern void webkit_web_view_load_html(object, const char *, const char *);
extern char *jsc_value_to_string(object);
extern object jsc_value_get_context(object);
extern object jsc_value_new_string(object, const char *);
extern void webkit_script_message_reply_return_value(object, object);
extern unsigned long g_signal_connect_data(object, const char *, void *, object, object, int);
extern void g_object_unref(object);
extern void g_free(object);

enum { MAX_SAMPLES = 1 << 20, MAX_PAGE = 1 << 20 };
static double samples[MAX_SAMPLES];
static int count = -1;

static double now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void print_intervals(void) {
  int n = count - 1;
  for (int i = 0; i < n; i++) samples[i] = samples[i + 1] - samples[i];
  qsort(samples, n, sizeof *samples, compare);
  printf("{\"median_us\": %.1f, \"p95_us\": %.1f, \"minimum_us\": %.1f}\n", samples[n / 2], samples[n * 95 / 100], samples[0]);
  fflush(stdout);
  count = -1;
}

static void print_first(void) {
  const char *start = getenv("BENCH_START");
  printf("{\"first_ms\": %.2f}\n", start ? now_us() / 1e3 - atof(start) * 1e3 : 0.0);
  fflush(stdout);
}

static int on_message(object manager, object value, object reply, object data) {
  (void)manager, (void)data;
  char *text = jsc_value_to_string(value);
  const char *answer = "1";
  switch (text[0]) {
    case 'n':
      if (count >= 0 && count < MAX_SAMPLES) samples[count++] = now_us();
      answer = text + 1;
      break;
    case 'f': print_first(); break;
    case 's': count = 0; break;
    case 'e': print_intervals(); break;
    case 'r': printf("%s\n", text + 1); fflush(stdout); break;
    case 'q': exit(0);
  }
  object string = jsc_value_new_string(jsc_value_get_context(value), answer);
  webkit_script_message_reply_return_value(reply, string);
  g_object_unref(string);
  g_free(text);
  return 1;
}

int main(int argc, char **argv) {
  static char page[MAX_PAGE];
  FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
  if (!file || !gtk_init_check(NULL, NULL)) return 2;
  page[fread(page, 1, sizeof page - 1, file)] = 0;
  fclose(file);
  object manager = webkit_user_content_manager_new();
  g_signal_connect_data(manager, "script-message-with-reply-received::floor", (void *)on_message, NULL, NULL, 0);
  webkit_user_content_manager_register_script_message_handler_with_reply(manager, "floor", NULL);
  object view = webkit_web_view_new_with_user_content_manager(manager);
  object window = gtk_window_new(0);
  gtk_window_set_default_size(window, 800, 600);
  gtk_container_add(window, view);
  webkit_web_view_load_html(view, page, NULL);
  gtk_widget_show_all(window);
  gtk_main();
  return 0;
}
