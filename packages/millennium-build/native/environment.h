/* Made of millennium/security/environment.py by millennium_build/codegen/environment.py; a test
 * compares them. What it is for stands there. */
#ifndef MILLENNIUM_ENVIRONMENT_H
#define MILLENNIUM_ENVIRONMENT_H

static const char *const REMOVED_NAMES[] = {
    "GTK_MODULES",
    "GTK3_MODULES",
    "GTK_PATH",
    "GTK_EXE_PREFIX",
    "GTK_DATA_PREFIX",
    "GTK_IM_MODULE_FILE",
    "GTK_DEBUG",
    "GDK_PIXBUF_MODULE_FILE",
    "GDK_PIXBUF_MODULEDIR",
    "PANGO_LIBDIR",
    "PANGO_SYSCONFDIR",
    "LIBDECOR_PLUGIN_DIR",
    "GIO_EXTRA_MODULES",
    "GIO_MODULE_DIR",
    "GIO_LAUNCH_DESKTOP",
    "GSETTINGS_SCHEMA_DIR",
    "GI_TYPELIB_PATH",
    "GCONV_PATH",
    "PX_MODULE_PATH",
    "GSS_MECH_CONFIG",
    "KRB5_CONFIG",
    "LIBGL_DRIVERS_PATH",
    "LIBGL_DRIVERS_DIR",
    "GBM_BACKENDS_PATH",
    "GBM_DRIVERS_PATH",
    "LIBVA_DRIVERS_PATH",
    "VDPAU_DRIVER_PATH",
    "ALSA_CONFIG_DIR",
    "ALSA_CONFIG_PATH",
    "ALSA_PLUGIN_DIR",
    "ALSA_MIXER_SIMPLE_MODULES",
    "LADSPA_PATH",
    "SPA_PLUGIN_DIR",
    "PIPEWIRE_MODULE_DIR",
    "PIPEWIRE_CONFIG_DIR",
    "PULSE_BINARY",
    "PULSE_CONFIG_PATH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "SSLKEYLOGFILE",
    "CTLOG_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    NULL,
};

static const char *const REMOVED_PREFIXES[] = {
    "PYTHON",
    "PYWEBVIEW_",
    "MILLENNIUM_",
    "WEBKIT_",
    "JSC_",
    "GST_",
    "OPENSSL_",
    "GNUTLS_",
    "__EGL_",
    "VK_",
    "_PYI_",
    "_MEI",
    "PYINSTALLER_",
    NULL,
};

static const char *const KEPT_NAMES[] = {
    "WEBKIT_DISABLE_DMABUF_RENDERER",
    "WEBKIT_DISABLE_COMPOSITING_MODE",
    "WEBKIT_DMABUF_RENDERER_FORCE_SHM",
    "WEBKIT_DMABUF_RENDERER_DISABLE_GBM",
    NULL,
};

static const char *const REMOVED_WITH[][2] = {
    {"DBUS_SESSION_BUS_ADDRESS", "unixexec:"},
    {"DBUS_SYSTEM_BUS_ADDRESS", "unixexec:"},
    {"DBUS_STARTER_ADDRESS", "unixexec:"},
    {"AT_SPI_BUS_ADDRESS", "unixexec:"},
    {"MESA_LOADER_DRIVER_OVERRIDE", "/"},
    {"GBM_BACKEND", "/"},
    {"LIBVA_DRIVER_NAME", "/"},
    {"VDPAU_DRIVER", "/"},
    {"__GLX_VENDOR_LIBRARY_NAME", "/"},
    {NULL, NULL},
};

static const char *const REMOVED_UNLESS[][2] = {
    {"PULSE_CLIENTCONFIG", "/run/flatpak/"},
    {NULL, NULL},
};

#endif
