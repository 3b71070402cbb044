/* The part that knows one minor version of Python: starts it isolated, from memory.
 *
 * It gives the interpreter its frozen modules and the built-in module `_millennium_core`, then
 * runs `main()` of the frozen module `_millennium_boot`.
 */
#define _GNU_SOURCE
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "payload.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { EXIT_DAMAGED = 70 };

static const struct payload *payload;

static int is_blob(unsigned long index)
{
    if (index < payload->count)
        return 1;
    PyErr_SetString(PyExc_IndexError, "no such blob");
    return 0;
}

static PyObject *core_blob(PyObject *Py_UNUSED(module), PyObject *argument)
{
    unsigned long index = PyLong_AsUnsignedLong(argument);
    if (PyErr_Occurred() || !is_blob(index))
        return NULL;
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)payload->blobs[index].length);
    if (!bytes)
        return NULL;
    int failed;
    Py_BEGIN_ALLOW_THREADS
    failed = payload->read(payload, (uint32_t)index, PyBytes_AS_STRING(bytes));
    Py_END_ALLOW_THREADS
    if (failed) {
        Py_DECREF(bytes);
        PyErr_SetString(PyExc_OSError, "the executable is damaged");
        return NULL;
    }
    return bytes;
}

static PyObject *core_memory_file(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    unsigned index;
    const char *name;
    if (!PyArg_ParseTuple(arguments, "Is", &index, &name) || !is_blob(index))
        return NULL;
    int descriptor;
    Py_BEGIN_ALLOW_THREADS
    descriptor = payload->memory_file(payload, index, name);
    Py_END_ALLOW_THREADS
    return descriptor < 0 ? PyErr_SetFromErrno(PyExc_OSError) : PyLong_FromLong(descriptor);
}

static PyObject *core_sealed_copy(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    unsigned index;
    int source;
    const char *name;
    if (!PyArg_ParseTuple(arguments, "Iis", &index, &source, &name) || !is_blob(index))
        return NULL;
    int descriptor;
    Py_BEGIN_ALLOW_THREADS
    descriptor = payload->sealed_copy(payload, index, source, name);
    Py_END_ALLOW_THREADS
    return descriptor < 0 ? PyErr_SetFromErrno(PyExc_OSError) : PyLong_FromLong(descriptor);
}

static PyObject *core_loader_path(PyObject *Py_UNUSED(module), PyObject *argument)
{
    int descriptor = PyLong_AsLong(argument);
    if (PyErr_Occurred())
        return NULL;
    char path[256];
    payload->loader_path(descriptor, path, sizeof path);
    return PyUnicode_FromString(path);
}

static PyObject *core_load_library(PyObject *Py_UNUSED(module), PyObject *argument)
{
    const char *path = PyUnicode_AsUTF8(argument);
    if (!path)
        return NULL;
    if (!dlopen(path, RTLD_NOW | RTLD_LOCAL)) {
        PyErr_SetString(PyExc_ImportError, dlerror());
        return NULL;
    }
    Py_RETURN_NONE;
}

struct g_error {
    uint32_t domain;
    int code;
    char *message;
};

/* The two libraries called girepository. PyGObject links the second from 3.52 on. */
struct girepository {
    const char *soname;
    const char *load_typelib;
    void *(*new_typelib)(void *library, const void *memory, size_t length, struct g_error **error);
};

typedef const char *(*load_typelib_function)(void *repository, void *typelib, int flags,
                                             struct g_error **error);

static void *new_typelib_1(void *library, const void *memory, size_t length,
                           struct g_error **error)
{
    void *(*from_memory)(const void *, size_t, struct g_error **) =
        (void *(*)(const void *, size_t, struct g_error **))dlsym(
            library, "g_typelib_new_from_const_memory");
    return from_memory ? from_memory(memory, length, error) : NULL;
}

static void *new_typelib_2(void *library, const void *memory, size_t length,
                           struct g_error **error)
{
    void *(*new_bytes)(const void *, size_t) =
        (void *(*)(const void *, size_t))dlsym(library, "g_bytes_new_static");
    void *(*from_bytes)(void *, struct g_error **) =
        (void *(*)(void *, struct g_error **))dlsym(library, "gi_typelib_new_from_bytes");
    return new_bytes && from_bytes ? from_bytes(new_bytes(memory, length), error) : NULL;
}

static const struct girepository GIREPOSITORIES[] = {
    {"libgirepository-2.0.so.0", "gi_repository_load_typelib", new_typelib_2},
    {"libgirepository-1.0.so.1", "g_irepository_load_typelib", new_typelib_1},
};
enum { GIREPOSITORIES_COUNT = sizeof GIREPOSITORIES / sizeof *GIREPOSITORIES };

/* The one that `gi` has brought into this process. */
static const struct girepository *find_girepository(void **library)
{
    for (size_t i = 0; i < GIREPOSITORIES_COUNT; i++) {
        *library = dlopen(GIREPOSITORIES[i].soname, RTLD_NOW | RTLD_NOLOAD);
        if (*library)
            return &GIREPOSITORIES[i];
    }
    PyErr_SetString(PyExc_ImportError, "no libgirepository is loaded: import gi first");
    return NULL;
}

/* The repository that `gi` looks in. With 2.0 it may be its own, not the process's default:
 * PyGObject makes one where GLib is older than 2.85. So it is taken from gi's own object, which
 * is `struct { PyObject_HEAD; GIRepository *repository; }` with both libraries. */
static void *get_repository(PyObject *wrapper)
{
    struct wrapper {
        PyObject_HEAD
        void *repository;
    };
    if (strcmp(Py_TYPE(wrapper)->tp_name, "gi.Repository") ||
        Py_TYPE(wrapper)->tp_basicsize != sizeof(struct wrapper)) {
        PyErr_SetString(PyExc_TypeError, "not the gi.Repository of a PyGObject that is known");
        return NULL;
    }
    return ((struct wrapper *)wrapper)->repository;
}

/* The loader keeps pointers into the typelib, so its memory is never given back. */
static void *lasting_copy(uint32_t index)
{
    size_t length = payload->blobs[index].length;
    void *copy = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (copy == MAP_FAILED)
        return NULL;
    if (payload->read(payload, index, copy)) {
        munmap(copy, length);
        return NULL;
    }
    mprotect(copy, length, PROT_READ);
    return copy;
}

static const char *load_typelib(void *repository, uint32_t index, struct g_error **error)
{
    void *library;
    const struct girepository *abi = find_girepository(&library);
    if (!abi)
        return NULL;
    load_typelib_function load = (load_typelib_function)dlsym(library, abi->load_typelib);
    const void *memory = lasting_copy(index);
    void *typelib = NULL;
    if (load && memory)
        typelib = abi->new_typelib(library, memory, payload->blobs[index].length, error);
    return typelib ? load(repository, typelib, 0, error) : NULL;
}

static PyObject *core_load_typelib(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    unsigned index;
    PyObject *wrapper;
    if (!PyArg_ParseTuple(arguments, "IO", &index, &wrapper) || !is_blob(index))
        return NULL;
    void *repository = get_repository(wrapper);
    if (!repository)
        return NULL;
    struct g_error *error = NULL;
    const char *name = load_typelib(repository, index, &error);
    if (name)
        return PyUnicode_FromString(name);
    if (!PyErr_Occurred())
        PyErr_Format(PyExc_ImportError, "a typelib inside the executable cannot be loaded: %s",
                     error ? error->message : "libgirepository lacks what loads it");
    return NULL;
}

static PyMethodDef METHODS[] = {
    {"blob", core_blob, METH_O, "The bytes of a blob."},
    {"memory_file", core_memory_file, METH_VARARGS, "Descriptor of a sealed copy of a blob."},
    {"sealed_copy", core_sealed_copy, METH_VARARGS,
     "Descriptor of a sealed copy of a file that is as long as a blob."},
    {"loader_path", core_loader_path, METH_O, "Path of a descriptor, never the same twice."},
    {"load_library", core_load_library, METH_O, "Load a library; those after it find it by name."},
    {"load_typelib", core_load_typelib, METH_VARARGS, "Give gi a typelib; returns its namespace."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, .m_name = "_millennium_core", .m_size = -1, .m_methods = METHODS};

static PyObject *create_core_module(void)
{
    return PyModule_Create(&MODULE);
}

/* The blob of frozen modules: count, then (name, code, length, is package) as offsets into it. */
static struct _frozen *read_frozen_modules(void)
{
    unsigned char *memory = malloc(payload->blobs[BLOB_FROZEN].length);
    if (!memory || payload->read(payload, BLOB_FROZEN, memory))
        return NULL;
    uint32_t count;
    memcpy(&count, memory, sizeof count);
    struct _frozen *table = calloc((size_t)count + 1, sizeof *table);
    if (!table)
        return NULL;
    const unsigned char *record = memory + sizeof count;
    for (uint32_t i = 0; i < count; i++, record += 16) {
        uint32_t fields[4];
        memcpy(fields, record, sizeof fields);
        table[i].name = (const char *)memory + fields[0];
        table[i].code = memory + fields[1];
        table[i].size = (int)fields[2];
        table[i].is_package = (int)fields[3];
    }
    return table;
}

static PyStatus configure(PyConfig *config, int argc, char **argv)
{
    PyConfig_InitIsolatedConfig(config);
    config->site_import = 0;
    config->write_bytecode = 0;
    config->optimization_level = 2;
    config->pathconfig_warnings = 0;
    config->parse_argv = 0;
    config->install_signal_handlers = 1;
    config->module_search_paths_set = 1;
    PyStatus status = PyConfig_SetString(config, &config->home, L"/nonexistent");
    if (!PyStatus_Exception(status))
        status = PyConfig_SetString(config, &config->stdlib_dir, L"");
    if (!PyStatus_Exception(status))
        status = PyConfig_SetBytesString(config, &config->program_name, payload->executable);
    if (!PyStatus_Exception(status))
        status = PyConfig_SetBytesString(config, &config->executable, payload->executable);
    if (!PyStatus_Exception(status))
        status = PyConfig_SetBytesArgv(config, argc, argv);
    return status;
}

static void start_python(int argc, char **argv)
{
    PyPreConfig early;
    PyPreConfig_InitIsolatedConfig(&early);
    early.utf8_mode = 1;
    early.configure_locale = 1;
    PyStatus status = Py_PreInitialize(&early);
    PyConfig config;
    if (!PyStatus_Exception(status))
        status = configure(&config, argc, argv);
    if (!PyStatus_Exception(status))
        status = Py_InitializeFromConfig(&config);
    if (PyStatus_Exception(status))
        Py_ExitStatusException(status);
    PyConfig_Clear(&config);
}

/* As `python` ends: the code of SystemExit, death by SIGINT for Ctrl-C, 1 for anything else. */
static int report_failure(void)
{
    int is_interrupt = PyErr_ExceptionMatches(PyExc_KeyboardInterrupt);
    PyErr_Print();
    if (Py_FinalizeEx() < 0)
        return 120;
    if (is_interrupt) {
        signal(SIGINT, SIG_DFL);
        kill(getpid(), SIGINT);
    }
    return 1;
}

int millennium_core_main(const struct payload *given, int argc, char **argv)
{
    payload = given;
    PyImport_FrozenModules = read_frozen_modules();
    if (!PyImport_FrozenModules) {
        fprintf(stderr, "millennium: this executable is damaged (modules)\n");
        return EXIT_DAMAGED;
    }
    PyImport_AppendInittab("_millennium_core", create_core_module);
    start_python(argc, argv);
    PyObject *boot = PyImport_ImportModule("_millennium_boot");
    PyObject *result = boot ? PyObject_CallMethod(boot, "main", NULL) : NULL;
    if (!result)
        return report_failure();
    Py_DECREF(result);
    Py_DECREF(boot);
    return Py_FinalizeEx() < 0 ? 120 : 0;
}
