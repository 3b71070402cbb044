"""The engine `webkitgtk`: GTK 3 and WebKitGTK 4.1, hosted through pywebview."""
