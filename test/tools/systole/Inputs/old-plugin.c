/* A plugin that says that it was built with versions long past. */
#include <stdlib.h>
struct plugin {
  const char *name, *systole_version, *llvm_version;
  void (*register_all)(void *);
};
static void run(void *registry) {
  (void)registry;
  abort();
}
struct plugin systoleGetPlugin(void) {
  struct plugin plugin = {"old", "0.0.1", "3.0", run};
  return plugin;
}
